"""Webhooks as a forge sends them, signed: what the controller reads of them, in the forge's own headers."""
import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.request
import uuid

_GITHUB_EVENTS = {"push": "push", "pull": "pull_request", "review": "pull_request_review"}
_GITEA_EVENTS = {"push": "push", "pull": "pull_request", "review": "pull_request_approved"}
_GITLAB_EVENTS = {"push": "Push Hook", "pull": "Merge Request Hook", "review": "Merge Request Hook"}


class Hook:
    """One webhook of a project. Deliveries are made once, in order, by a thread of their own."""

    def __init__(self, kind, url, secret):
        self.kind = kind
        self.url = url
        self.secret = secret
        self.results = []  # (event, status), by `_lock`
        self._lock = threading.Lock()
        self._waiting = []
        self._something = threading.Semaphore(0)
        threading.Thread(target=self._deliver, daemon=True).start()

    def send(self, event, payload):
        with self._lock:
            self._waiting.append((event, payload))
        self._something.release()

    def delivered(self):
        with self._lock:
            return list(self.results)

    def _deliver(self):
        while True:
            self._something.acquire()
            with self._lock:
                event, payload = self._waiting.pop(0)
            body = json.dumps(payload).encode()
            request = urllib.request.Request(self.url, body, self._headers(event, body), method="POST")
            try:
                with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
                    status = answer.status
            except urllib.error.HTTPError as error:
                status = error.code
            except OSError:
                status = 0
            with self._lock:
                self.results.append((event, status))

    def _headers(self, event, body):
        delivery = str(uuid.uuid4())
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json"}
        if self.kind == "gitlab":
            headers.update({"X-Gitlab-Event": _GITLAB_EVENTS[event], "Idempotency-Key": delivery})
            headers.update(self._standard_signature(delivery, body) or {"X-Gitlab-Token": self.secret})
        elif self.kind == "github":
            headers.update({"X-GitHub-Event": _GITHUB_EVENTS[event], "X-GitHub-Delivery": delivery,
                            "X-Hub-Signature-256": "sha256=" + signature})
        else:
            for brand in ("Gitea", "Forgejo") if self.kind == "forgejo" else ("Gitea",):
                headers.update({f"X-{brand}-Event": _GITEA_EVENTS[event], f"X-{brand}-Delivery": delivery,
                                f"X-{brand}-Signature": signature})
            headers.update({"X-GitHub-Event": _GITHUB_EVENTS[event], "X-Hub-Signature-256": "sha256=" + signature})
        return headers

    def _standard_signature(self, delivery, body):
        """standardwebhooks.com; None for a secret token, which is sent as it is."""
        if not self.secret.startswith("whsec_"):
            return None
        at = str(int(time.time()))
        key = base64.b64decode(self.secret[len("whsec_"):])
        code = hmac.new(key, f"{delivery}.{at}.".encode() + body, hashlib.sha256).digest()
        return {"webhook-id": delivery, "webhook-timestamp": at,
                "webhook-signature": "v1," + base64.b64encode(code).decode()}
