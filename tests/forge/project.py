"""What a forge knows of one project: its repository, users, pull requests, comments, statuses, reviews.

The repository is a bare one that others push to: the head of an open pull request follows the branch that it was opened
from, and is kept under the reference that the forge keeps it under. A fork's branches are refs/forks/OWNER/BRANCH,
which are not served. Guarded by its owner's lock.
"""
import datetime
import os
import subprocess

PULL_REFS = {"gitlab": "refs/merge-requests/{}/head"}
RIGHTS = ("none", "read", "write", "admin")


class Conflict(Exception):
    """The project is not in a state for what was asked."""


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Pull:
    def __init__(self, number, title, author, branch, fork, base):
        self.number = number
        self.title = title
        self.author = author
        self.branch = branch  # "topic"
        self.fork = fork  # its owner, or ""
        self.base = base
        self.head = ""
        self.state = "open"  # open, closed, merged
        self.created_at = now()
        self.merge_commit = None
        self.merger = None
        self.merged_at = None
        self.rebased = []  # its commits on the base, oldest first, if it was merged so
        self.unseen = 0  # look-ups of commits that do not know yet that it was merged; negative: all
        self.reviews = []  # {"id", "reviewer", "state", "commit", "at"}, oldest first

    @property
    def source_ref(self):
        return f"refs/forks/{self.fork}/{self.branch}" if self.fork else f"refs/heads/{self.branch}"


class Project:
    BOT = "paliad-bot"

    def __init__(self, kind, name, repository):
        self.kind = kind
        self.name = name  # "m/paliad"
        self.repository = repository
        self.pulls = {}
        self.comments = {}  # by id: {"id", "number", "author", "body", "created_at", "updated_at"}
        self.statuses = []  # oldest first: {"id", "commit", "context", "state", "description", "target_url", "at"}
        self.rights = {self.BOT: "write"}  # by login
        self.closed_forks = set()  # owners, who let the bot set no status there
        self.late_lookups = 0  # Pull.unseen of those that are merged from now on
        self._users = [self.BOT]
        self._next_id = 1000
        self.git("config", "uploadpack.hideRefs", "refs/forks")

    def git(self, *arguments, check=True, author=("Forge", "forge@example.com", "")):
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
                       "HOME": "/nonexistent"}
        environment.update(GIT_COMMITTER_NAME="Forge", GIT_COMMITTER_EMAIL="forge@example.com",
                           GIT_AUTHOR_NAME=author[0], GIT_AUTHOR_EMAIL=author[1], GIT_AUTHOR_DATE=author[2])
        done = subprocess.run(["git", "-C", self.repository, *arguments], env=environment, text=True,
                              capture_output=True, check=False)
        if check and done.returncode != 0:
            raise Conflict(f"git {' '.join(arguments)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip() if done.returncode == 0 else None

    def new_id(self):
        self._next_id += 1
        return self._next_id

    def user_id(self, login):
        if login not in self._users:
            self._users.append(login)
        return 1 + self._users.index(login)

    def login_of(self, user_id):
        return self._users[user_id - 1] if 0 < user_id <= len(self._users) else None

    def has_commit(self, commit):
        return len(commit) == 40 and self.git("cat-file", "-e", commit + "^{commit}", check=False) is not None

    def is_on_a_branch(self, commit):
        return bool(self.git("for-each-ref", "--count=1", "--contains", commit, "refs/heads", check=False))

    def follow(self):
        """Heads of open pull requests as their branches are now. Returns those that moved."""
        lines = self.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/forks").splitlines()
        refs = dict(line.split(" ") for line in lines)
        moved = []
        for pull in self.pulls.values():
            head = refs.get(pull.source_ref, pull.head)
            if pull.state == "open" and head != pull.head:
                pull.head = head
                self.git("update-ref", PULL_REFS.get(self.kind, "refs/pull/{}/head").format(pull.number), head)
                moved.append(pull)
        return moved

    def open(self, branch, author="ada", title="", fork="", base="main"):
        pull = Pull(1 + len(self.pulls), title or branch, author, branch, fork, base)
        self.git("rev-parse", "--verify", pull.source_ref)
        self.pulls[pull.number] = pull
        self.follow()
        return pull

    def close(self, number):
        self._open_pull(number).state = "closed"

    def merge(self, number, merger="grace"):
        """A merge commit on the base, whatever anybody's check says."""
        self.follow()
        pull = self._open_pull(number)
        base = self.git("rev-parse", f"refs/heads/{pull.base}")
        tree = self.git("merge-tree", "--write-tree", base, pull.head)
        commit = self.git("commit-tree", tree, "-p", base, "-p", pull.head, "-m", f"Merge #{number}: {pull.title}")
        self._end_merged(pull, base, commit, merger)
        return commit

    def merge_by_rebase(self, number, merger="grace"):
        """Each commit of its own once more on the base, in a line. Returns the new ones, oldest first."""
        if self.kind == "gitlab":
            raise Conflict("this fake knows no rebase merge of GitLab")
        self.follow()
        pull = self._open_pull(number)
        base = self.git("rev-parse", f"refs/heads/{pull.base}")
        commits = self.git("rev-list", "--reverse", "--first-parent", f"{base}..{pull.head}").split()
        if not commits:
            raise Conflict(f"pull request {number} has no commits of its own")
        line = [base]
        for commit in commits:
            line.append(self._pick(commit, line[-1]))
        self._end_merged(pull, base, line[-1], merger)
        pull.rebased = line[1:]
        return pull.rebased

    def review(self, number, reviewer, state="approved", commit=""):
        """`state`: approved, rejected, commented, dismissed."""
        pull = self.pulls[number]
        self.user_id(reviewer)
        pull.reviews.append({"id": self.new_id(), "reviewer": reviewer, "state": state, "commit": commit or pull.head,
                             "at": now()})

    def comment(self, number, author, body):
        comment = {"id": self.new_id(), "number": number, "author": author, "body": body, "created_at": now(),
                   "updated_at": now()}
        self.comments[comment["id"]] = comment
        return comment

    def edit(self, comment, body):
        comment["body"] = body
        comment["updated_at"] = now()

    def comments_of(self, number):
        return [c for c in self.comments.values() if c["number"] == number]

    def set_status(self, commit, context, state, description, target_url):
        status = {"id": self.new_id(), "commit": commit, "context": context, "state": state,
                  "description": description, "target_url": target_url, "at": now()}
        self.statuses.append(status)
        return status

    def statuses_of(self, commit):
        """Newest first."""
        return [s for s in reversed(self.statuses) if s["commit"] == commit]

    def newest_status(self, commit, context):
        return next((s for s in self.statuses_of(commit) if s["context"] == context), None)

    def refuses_status(self, commit):
        """Whether a commit is of a fork that lets the bot set no status."""
        return any(self.git("for-each-ref", "--count=1", "--contains", commit, f"refs/forks/{owner}", check=False)
                   for owner in self.closed_forks)

    def show_merges_late(self, lookups):
        """Of merges from now on. 0: they are seen at once, and so are all that there were."""
        self.late_lookups = lookups
        for pull in self.pulls.values() if lookups == 0 else ():
            pull.unseen = 0

    def shows_merge(self, pull):
        """Whether a look-up of one of its commits knows that a pull request was merged. One that does not counts."""
        if pull.unseen > 0:
            pull.unseen -= 1
            return False
        return pull.unseen == 0

    def brought(self, commit):
        """The pull requests that hold a commit: as what they were merged as, or among their own."""
        found = []
        for pull in self.pulls.values():
            own = pull.state == "open" and self._holds(pull.head, commit)
            merged_as = commit in (pull.merge_commit, pull.head, *pull.rebased)
            if merged_as or (own and not self._holds(f"refs/heads/{pull.base}", commit)):
                found.append(pull)
        return [pull for pull in found if pull.state != "merged" or self.shows_merge(pull)]

    def _end_merged(self, pull, base, commit, merger):
        self.git("update-ref", f"refs/heads/{pull.base}", commit, base)
        pull.state, pull.merge_commit, pull.merger, pull.merged_at = "merged", commit, merger, now()
        pull.unseen = self.late_lookups

    def _pick(self, commit, tip):
        """What a commit changed, once more on top of another."""
        # As a merge with a commit beside it that has all of the tip: git 2.39 takes no base of its own for a merge.
        beside = self.git("commit-tree", f"{tip}^{{tree}}", "-p", f"{commit}^", "-m", "beside")
        tree = self.git("merge-tree", "--write-tree", beside, commit)
        author = self.git("log", "-1", "--format=%an%n%ae%n%aI", commit).split("\n")
        return self.git("commit-tree", tree, "-p", tip, "-m", self.git("log", "-1", "--format=%B", commit),
                        author=author)

    def _holds(self, revision, commit):
        return self.git("merge-base", "--is-ancestor", commit, revision, check=False) is not None

    def _open_pull(self, number):
        pull = self.pulls.get(number)
        if pull is None or pull.state != "open":
            raise Conflict(f"pull request {number} is not open")
        return pull
