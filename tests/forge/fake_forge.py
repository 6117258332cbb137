"""A forge on 127.0.0.1: its API over real HTTP, and git's smart HTTP over a real repository.

fake_forge.py --kind github|gitea|forgejo|gitlab --repository BARE --descriptions DIR [--project m/paliad] [--token T]

Prints "ready PORT". Holds state and checks its caller: what the forge's description forbids is refused and remembered,
and so is an answer of its own that the description does not allow. Tests drive it by POST /_control/NAME with a JSON
object; see Control.
"""
import argparse
import http.server
import json
import os
import re
import subprocess
import sys
import threading
import time
import traceback
import types
import urllib.parse

import gitea_api
import github_api
import gitlab_api
from contract import Description, Refused
from faults import Faults
from project import Conflict, Project
from webhooks import Hook

_APIS = {"github": github_api, "gitea": gitea_api, "forgejo": gitea_api, "gitlab": gitlab_api}


class Forge:
    """All state; every member guarded by `lock`."""

    def __init__(self, kind, project, token, descriptions):
        self.lock = threading.RLock()
        self.kind = kind
        self.api = _APIS[kind]
        self.token = token
        self.description = Description(os.path.join(descriptions, f"{kind}.json"))
        self.url = ""
        self.begin(project)

    def begin(self, project):
        self.project = project
        self.faults = Faults()
        self.hook = None
        self.page_limit = self.api.PAGE_SIZE[2]
        self.requests = []  # {"method", "path", "operation", "status", "fault", "at"}
        self.git = []  # paths of requests for the repository
        self.refused = []
        self.broken = []  # answers of ours that the description does not allow

    def answer(self, method, target, headers, body):
        """(status, headers, JSON) of an API request."""
        problem = self.api.login_problem(headers, self.token)
        if problem:
            return problem[0], {}, problem[1], ""
        try:
            operation, values, query, value = self.description.check_request(
                method, self._described(target), headers, body)
        except Refused as refusal:
            self.refused.append(str(refusal))
            return refusal.status, {}, self.api.error(str(refusal)), ""
        if not self._is_ours(values):
            return 404, {}, self.api.error("Not Found"), operation.name
        call = types.SimpleNamespace(project=self.project, values=values, query=query, body=value, url=self.url)
        status, shown = self.api.ROUTES[operation.name](call)
        more = {}
        if isinstance(shown, list) and not operation.name.endswith(getattr(self.api, "UNPAGED", ("\0",))):
            shown, more = self._page(target, query, shown)
        if status < 300:
            shown = self.description.fill(operation, status, shown)
        broken = self.description.check_answer(operation, status, shown)
        if broken:
            self.broken.append(broken)
        return status, more, shown, operation.name

    def _described(self, target):
        path = target.removeprefix(self.api.PREFIX)
        # What GitHub's Link names, and its description does not.
        return re.sub(r"^/repositories/42/", f"/repos/{self.project.name}/", path)

    def _is_ours(self, values):
        if "owner" in values:
            return f"{values['owner']}/{values['repo']}" == self.project.name
        return values.get("id") in (None, self.project.name, "42", "43") or self.kind != "gitlab"

    def _page(self, target, query, items):
        parameter, default, _ = self.api.PAGE_SIZE
        # More than it gives at once may be asked for: a forge cuts it in silence.
        size = max(1, min(query.get(parameter, default), self.page_limit))
        page = max(1, query.get("page", 1))
        headers = {"X-Total-Count": str(len(items))} if self.kind in ("gitea", "forgejo") else {}
        if page * size < len(items):
            path = target.partition("?")[0]
            if self.kind == "github":
                path = path.replace(f"/repos/{self.project.name}/", "/repositories/42/")
            following = urllib.parse.urlencode({**{k: str(v) for k, v in query.items()}, "page": page + 1})
            headers["Link"] = f'<{self.url}{path}?{following}>; rel="next", <{self.url}{path}?page=9>; rel="last"'
            if self.kind == "gitlab":
                headers["X-Next-Page"] = str(page + 1)
        return items[(page - 1) * size:page * size], headers

    def follow(self):
        """Heads move with their branches, and hooks say so."""
        for pull in self.project.follow():
            self.tell("pull", {"action": "synchronized", "number": pull.number})

    def tell(self, event, payload):
        if self.hook:
            self.hook.send(event, payload)


class Control:
    """What tests ask for: POST /_control/<method>."""

    def __init__(self, forge):
        self._forge = forge
        self._project = forge.project

    def renew(self, repository):
        """As if it were started now."""
        self._forge.begin(Project(self._project.kind, self._project.name, os.path.abspath(repository)))

    def open(self, **pull):
        opened = self._project.open(**pull)
        self._forge.tell("pull", {"action": "opened", "number": opened.number})
        return {"number": opened.number, "head": opened.head}

    def pushed(self, branch="main"):
        """A branch was pushed to: pull requests follow, hooks are told."""
        self._forge.follow()
        self._forge.tell("push", {"ref": f"refs/heads/{branch}"})

    def close(self, number):
        self._project.close(number)
        self._forge.tell("pull", {"action": "closed", "number": number})

    def merge(self, number, merger="grace"):
        commit = self._project.merge(number, merger)
        self._tell_merged(number)
        return {"commit": commit}

    def merge_by_rebase(self, number, merger="grace"):
        commits = self._project.merge_by_rebase(number, merger)
        self._tell_merged(number)
        return {"commits": commits}

    def _tell_merged(self, number):
        self._forge.tell("pull", {"action": "closed", "number": number})
        self._forge.tell("push", {"ref": f"refs/heads/{self._project.pulls[number].base}"})

    def show_merges_late(self, lookups):
        self._project.show_merges_late(lookups)

    def close_fork(self, owner, closed):
        """GitLab: the bot may set no status there."""
        (self._project.closed_forks.add if closed else self._project.closed_forks.discard)(owner)

    def review(self, number, **review):
        """Of what the pull request is now, whoever asked for it before."""
        self._forge.follow()
        self._project.review(number, **review)
        self._forge.tell("review", {"action": "submitted", "number": number})

    def comment(self, number, author, body):
        return {"id": self._project.comment(number, author, body)["id"]}

    def forget_comment(self, id):  # pylint: disable=redefined-builtin
        del self._project.comments[id]

    def grant(self, login, right):
        self._project.user_id(login)
        self._project.rights[login] = right

    def page_limit(self, items):
        self._forge.page_limit = items

    def webhook(self, url, secret):
        self._forge.hook = Hook(self._forge.kind, url, secret)

    def fault(self, **fault):
        self._forge.faults.add(**fault)

    def heal(self):
        self._forge.faults.heal()

    def statuses(self, commit):
        """The newest of each context."""
        newest = {}
        for status in reversed(self._project.statuses_of(commit)):
            newest[status["context"]] = status
        return newest

    def comments(self, number):
        return self._project.comments_of(number)

    def seen(self):
        return {"requests": self._forge.requests, "git": self._forge.git, "refused": self._forge.refused,
                "broken": self._forge.broken,
                "deliveries": self._forge.hook.delivered() if self._forge.hook else []}

    def operations(self):
        """All that are described and served."""
        return [o.name for o in self._forge.description.operations if o.name in self._forge.api.ROUTES]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    forge = None  # set before the first request
    timeout = 60

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass

    def handle_any(self):
        body = self._read_body()
        if self.path.startswith("/_control/"):
            self._control(body)
        elif self.path.startswith(f"/{self.forge.project.name}.git/"):
            with self.forge.lock:
                self.forge.follow()
                self.forge.git.append(self.path)
            self._git(body)
        else:
            self._api(body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = handle_any

    def _read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _control(self, body):
        name = self.path.removeprefix("/_control/")
        with self.forge.lock:
            try:
                result = getattr(Control(self.forge), name)(**json.loads(body or b"{}"))
                self._send(200, {}, json.dumps(result).encode())
            except (AttributeError, TypeError, KeyError, ValueError, Conflict) as error:
                self._send(409, {}, json.dumps({"message": f"{name}: {error!r}"}).encode())

    def _api(self, body):
        with self.forge.lock:
            self.forge.follow()
            fault = self.forge.faults.take(self.command, self.path)
            status, headers, shown, operation = 0, {}, None, ""
            if fault is None or fault.how in ("truncate", "lose"):
                status, headers, shown, operation = self.forge.answer(self.command, self.path, self.headers, body)
            elif fault.how == "answer":
                status, headers, shown = fault.status, fault.headers, fault.body or self.forge.api.error("a fault")
            self.forge.requests.append({"method": self.command, "path": self.path, "operation": operation,
                                        "status": status, "fault": fault.how if fault else "",
                                        "at": round(time.monotonic(), 3)})
        if fault is not None and fault.how in ("lose", "close"):
            self.close_connection = True
        else:
            self._send(status, headers, json.dumps(shown).encode(),
                       truncate=fault is not None and fault.how == "truncate")

    def _send(self, status, headers, body, content_type="application/json", truncate=False):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:len(body) // 2] if truncate else body)
        self.close_connection = self.close_connection or truncate

    def _git(self, body):
        path, _, query = self.path.partition("?")
        repository = self.forge.project.repository
        environment = {
            "PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_HTTP_EXPORT_ALL": "1", "GIT_PROJECT_ROOT": os.path.dirname(repository),
            "PATH_INFO": "/" + os.path.basename(repository) + path.removeprefix(f"/{self.forge.project.name}.git"),
            "QUERY_STRING": query, "REQUEST_METHOD": self.command, "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""), "REMOTE_ADDR": "127.0.0.1",
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, answer = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        status = int(headers.pop("Status", "200").split(" ")[0])
        self._send(status, {"Cache-Control": "no-cache"}, answer, headers.get("Content-Type", "text/plain"))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, TimeoutError)):
            with Handler.forge.lock:
                Handler.forge.broken.append("".join(traceback.format_exception(error)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=_APIS, required=True)
    parser.add_argument("--repository", required=True)
    parser.add_argument("--project", default="m/paliad")
    parser.add_argument("--token", default="t0ken")
    parser.add_argument("--descriptions", required=True)
    options = parser.parse_args()
    project = Project(options.kind, options.project, os.path.abspath(options.repository))
    Handler.forge = Forge(options.kind, project, options.token, options.descriptions)
    server = Server(("127.0.0.1", 0), Handler)
    Handler.forge.url = f"http://127.0.0.1:{server.server_port}"
    print(f"ready {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
