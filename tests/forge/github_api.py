"""GitHub's REST API, as far as tests/testdata/forge/github.json describes it. An answer is (status, JSON)."""
from project import RIGHTS

PREFIX = "/api/v3"  # of an Enterprise server
COMMENT_LIMIT = 65536
PAGE_SIZE = ("per_page", 30, 100)  # parameter, default, most
_STATES = {"approved": "APPROVED", "rejected": "CHANGES_REQUESTED", "commented": "COMMENTED", "dismissed": "DISMISSED"}


def login_problem(headers, token):
    if headers.get("Authorization") != f"Bearer {token}":
        return 401, error("Bad credentials")
    if not headers.get("User-Agent"):
        return 403, error("Request forbidden by administrative rules. Please make sure your request has a "
                          "User-Agent header")
    if headers.get("X-GitHub-Api-Version") is None:
        return 400, error("this fake wants X-GitHub-Api-Version")
    return None


def error(message):
    return {"message": message, "documentation_url": "https://docs.github.com/rest"}


def _user(project, login):
    return {"login": login, "id": project.user_id(login), "type": "User", "name": None, "email": None}


def _side(project, pull, head):
    owner = pull.fork if head and pull.fork else project.name.split("/")[0]
    repository = {"id": 43 if owner == pull.fork else 42, "name": project.name.split("/")[1],
                  "full_name": f"{owner}/{project.name.split('/')[1]}", "fork": owner == pull.fork,
                  "default_branch": "main"}
    ref = pull.branch if head else pull.base
    sha = pull.head if head else project.git("rev-parse", f"refs/heads/{pull.base}")
    return {"label": f"{owner}:{ref}", "ref": ref, "sha": sha, "repo": repository, "user": _user(project, owner)}


def _pull(project, pull, url, whole=False):
    shown = {
        "id": 9000 + pull.number, "number": pull.number, "state": "open" if pull.state == "open" else "closed",
        "title": pull.title, "user": _user(project, pull.author), "draft": False, "body": None,
        "html_url": f"{url}/{project.name}/pull/{pull.number}", "head": _side(project, pull, True),
        "base": _side(project, pull, False), "created_at": pull.created_at, "updated_at": pull.created_at,
        "closed_at": pull.merged_at, "merged_at": pull.merged_at, "assignee": None, "milestone": None,
        "auto_merge": None, "author_association": "CONTRIBUTOR",
        # Of an open one: the test merge, which is on no branch.
        "merge_commit_sha": pull.merge_commit or "5" * 40,
    }
    if whole:
        shown["merged"] = pull.state == "merged"
        shown["merged_by"] = _user(project, pull.merger) if pull.merger else None
    return shown


def _comment(project, comment, url):
    page = f"{url}/{project.name}/pull/{comment['number']}#issuecomment-{comment['id']}"
    return {"id": comment["id"], "body": comment["body"], "user": _user(project, comment["author"]), "html_url": page,
            "created_at": comment["created_at"], "updated_at": comment["updated_at"], "author_association": "MEMBER"}


def _status(project, status):
    return {"id": status["id"], "state": status["state"], "context": status["context"],
            "description": status["description"] or None, "target_url": status["target_url"] or None,
            "created_at": status["at"], "updated_at": status["at"], "creator": _user(project, project.BOT)}


def repository(call):
    owner, name = call.project.name.split("/")
    return 200, {"id": 42, "name": name, "full_name": call.project.name, "owner": _user(call.project, owner),
                 "private": True, "fork": False, "default_branch": "main", "license": None, "language": None}


def pulls(call):
    wanted = call.query.get("state", "open")
    chosen = [p for p in call.project.pulls.values() if wanted == "all" or (p.state == "open") == (wanted == "open")]
    chosen = [p for p in chosen if call.query.get("base", p.base) == p.base]
    newest_first = call.query.get("direction", "desc") == "desc"
    return 200, [_pull(call.project, p, call.url) for p in (reversed(chosen) if newest_first else chosen)]


def pull(call):
    found = call.project.pulls.get(call.values["pull_number"])
    return (200, _pull(call.project, found, call.url, whole=True)) if found else (404, error("Not Found"))


def set_status(call):
    commit, context = call.values["sha"], call.body.get("context", "default")
    if not call.project.has_commit(commit):
        return 422, error(f"No commit found for SHA: {commit}")
    if len(call.body.get("description") or "") > 140 or len(context) > 255:
        return 422, error("Validation Failed: description is too long (maximum is 140 characters)")
    if sum(s["context"] == context for s in call.project.statuses_of(commit)) >= 1000:
        return 422, error("This SHA and context has reached the maximum number of statuses.")
    status = call.project.set_status(commit, context, call.body["state"], call.body.get("description") or "",
                                     call.body.get("target_url") or "")
    return 201, _status(call.project, status)


def comments(call):
    if call.values["issue_number"] not in call.project.pulls:
        return 404, error("Not Found")
    return 200, [_comment(call.project, c, call.url) for c in call.project.comments_of(call.values["issue_number"])]


def add_comment(call):
    if call.values["issue_number"] not in call.project.pulls:
        return 404, error("Not Found")
    if len(call.body["body"]) > COMMENT_LIMIT:
        return 422, error("Validation Failed: body is too long (maximum is 65536 characters)")
    made = call.project.comment(call.values["issue_number"], call.project.BOT, call.body["body"])
    return 201, _comment(call.project, made, call.url)


def comment(call):
    found = call.project.comments.get(call.values["comment_id"])
    return (200, _comment(call.project, found, call.url)) if found else (404, error("Not Found"))


def edit_comment(call):
    found = call.project.comments.get(call.values["comment_id"])
    if not found:
        return 404, error("Not Found")
    if len(call.body["body"]) > COMMENT_LIMIT:
        return 422, error("Validation Failed: body is too long (maximum is 65536 characters)")
    # GitHub lets whoever may write to the repository edit anybody's comment: that is why the client must not.
    call.project.edit(found, call.body["body"])
    return 200, _comment(call.project, found, call.url)


def user(call):
    return 200, _user(call.project, call.project.BOT)


def pulls_of_commit(call):
    commit = call.values["commit_sha"]
    if not call.project.has_commit(commit):
        return 422, error(f"No commit found for SHA: {commit}")
    return 200, [_pull(call.project, p, call.url) for p in call.project.brought(commit)]


def reviews(call):
    found = call.project.pulls.get(call.values["pull_number"])
    if not found:
        return 404, error("Not Found")
    return 200, [{"id": r["id"], "user": _user(call.project, r["reviewer"]), "body": "", "state": _STATES[r["state"]],
                  "commit_id": r["commit"], "submitted_at": r["at"], "author_association": "MEMBER"}
                 for r in found.reviews]


def permission(call):
    login = call.values["username"]
    right = call.project.rights.get(login, "read")
    return 200, {"permission": right, "role_name": right,
                 "user": {**_user(call.project, login), "role_name": right,
                          "permissions": {"pull": right != "none", "push": RIGHTS.index(right) >= 2,
                                          "admin": right == "admin"}}}


_REPOSITORY = "/repos/{owner}/{repo}"
ROUTES = {
    f"GET {_REPOSITORY}": repository,
    f"GET {_REPOSITORY}/pulls": pulls,
    f"GET {_REPOSITORY}/pulls/{{pull_number}}": pull,
    f"POST {_REPOSITORY}/statuses/{{sha}}": set_status,
    f"GET {_REPOSITORY}/issues/{{issue_number}}/comments": comments,
    f"POST {_REPOSITORY}/issues/{{issue_number}}/comments": add_comment,
    f"GET {_REPOSITORY}/issues/comments/{{comment_id}}": comment,
    f"PATCH {_REPOSITORY}/issues/comments/{{comment_id}}": edit_comment,
    "GET /user": user,
    f"GET {_REPOSITORY}/commits/{{commit_sha}}/pulls": pulls_of_commit,
    f"GET {_REPOSITORY}/pulls/{{pull_number}}/reviews": reviews,
    f"GET {_REPOSITORY}/collaborators/{{username}}/permission": permission,
}
