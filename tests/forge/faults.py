"""Faults that a forge has on request. Guarded by its owner's lock."""
import re


class Fault:
    """`how`: "answer" (with `status` and `headers`, and nothing is done), "truncate" (it is done; half of the answer
    comes), "lose" (it is done; no answer comes), "close" (nothing is done, no answer comes)."""

    def __init__(self, how, count=1, method="", path="", status=500, headers=None, body=None):
        self.how = how
        self.left = count  # negative: until healed
        self.method = method
        self.path = re.compile(path)
        self.status = status
        self.headers = headers or {}
        self.body = body

    def matches(self, method, path):
        return self.left != 0 and self.method in ("", method) and self.path.search(path)


class Faults:
    def __init__(self):
        self._faults = []

    def add(self, **fault):
        self._faults.append(Fault(**fault))

    def heal(self):
        self._faults.clear()

    def take(self, method, path):
        """The first that is for this request, or None."""
        for fault in self._faults:
            if fault.matches(method, path):
                fault.left -= 1 if fault.left > 0 else 0
                return fault
        return None
