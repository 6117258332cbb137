"""Gitea's and Forgejo's API, as far as their descriptions in tests/testdata/forge go. An answer is (status, JSON)."""

PREFIX = ""  # the descriptions' paths hold /api/v1
PAGE_SIZE = ("limit", 30, 50)  # parameter, default, most
_STATES = {"approved": "APPROVED", "rejected": "REQUEST_CHANGES", "commented": "COMMENT", "dismissed": "APPROVED"}
# Comments are not paged: all at once.
UNPAGED = ("/comments",)


def login_problem(headers, token):
    if headers.get("Authorization") != f"token {token}":
        return 401, error("invalid username, password or token")
    return None


def error(message):
    return {"message": message, "url": "https://forge.invalid/api/swagger"}


def _not_found():
    return 404, {"errors": [], **error("The target couldn't be found.")}


def _user(project, login):
    return {"id": project.user_id(login), "login": login, "full_name": "", "email": f"{login}@noreply.localhost",
            "is_admin": False, "active": False}


def _side(project, pull, head):
    owner, name = project.name.split("/")
    fork = bool(head and pull.fork)
    number = 43 if fork else 42
    repository = {"id": number, "name": name, "full_name": f"{pull.fork if fork else owner}/{name}", "fork": fork,
                  "default_branch": "main"}
    ref = pull.branch if head else pull.base
    sha = pull.head if head else project.git("rev-parse", f"refs/heads/{pull.base}")
    return {"label": ref, "ref": ref, "sha": sha, "repo_id": number, "repo": repository}


def _pull(project, pull, url):
    return {
        "id": 9000 + pull.number, "number": pull.number, "state": "open" if pull.state == "open" else "closed",
        "title": pull.title, "body": "", "user": _user(project, pull.author), "draft": False, "labels": [],
        "html_url": f"{url}/{project.name}/pulls/{pull.number}", "head": _side(project, pull, True),
        "base": _side(project, pull, False), "mergeable": True, "merged": pull.state == "merged",
        "merged_at": pull.merged_at, "merge_commit_sha": pull.merge_commit,
        "merged_by": _user(project, pull.merger) if pull.merger else None, "assignee": None, "assignees": None,
        "milestone": None, "due_date": None, "created_at": pull.created_at, "updated_at": pull.created_at,
        "closed_at": pull.merged_at,
    }


def _comment(project, comment, url):
    page = f"{url}/{project.name}/pulls/{comment['number']}"
    return {"id": comment["id"], "body": comment["body"], "user": _user(project, comment["author"]),
            "html_url": f"{page}#issuecomment-{comment['id']}", "pull_request_url": page, "issue_url": "", "assets": [],
            "original_author": "", "original_author_id": 0, "created_at": comment["created_at"],
            "updated_at": comment["updated_at"]}


def _status(project, status):
    return {"id": status["id"], "status": status["state"], "context": status["context"],
            "description": status["description"], "target_url": status["target_url"], "url": "",
            "created_at": status["at"], "updated_at": status["at"], "creator": _user(project, project.BOT)}


def repository(call):
    owner, name = call.project.name.split("/")
    return 200, {"id": 42, "name": name, "full_name": call.project.name, "owner": _user(call.project, owner),
                 "private": True, "fork": False, "default_branch": "main", "parent": None}


def pulls(call):
    wanted = call.query.get("state", "open")
    base = call.query.get("base_branch", call.query.get("base"))
    chosen = [p for p in reversed(call.project.pulls.values())
              if (wanted == "all" or (p.state == "open") == (wanted == "open")) and base in (None, p.base)]
    if call.query.get("sort") == "oldest":
        chosen.reverse()
    return 200, [_pull(call.project, p, call.url) for p in chosen]


def pull(call):
    found = call.project.pulls.get(call.values["index"])
    return (200, _pull(call.project, found, call.url)) if found else _not_found()


def set_status(call):
    commit = call.values["sha"]
    if not call.project.has_commit(commit):
        return 404, error("object does not exist")
    body = call.body or {}
    status = call.project.set_status(commit, body.get("context") or "default", body.get("state", "pending"),
                                     body.get("description", ""), body.get("target_url", ""))
    return 201, _status(call.project, status)


def comments(call):
    if call.values["index"] not in call.project.pulls:
        return _not_found()
    return 200, [_comment(call.project, c, call.url) for c in call.project.comments_of(call.values["index"])]


def add_comment(call):
    if call.values["index"] not in call.project.pulls:
        return _not_found()
    comment = call.project.comment(call.values["index"], call.project.BOT, call.body["body"])
    return 201, _comment(call.project, comment, call.url)


def comment(call):
    found = call.project.comments.get(call.values["id"])
    return (200, _comment(call.project, found, call.url)) if found else _not_found()


def edit_comment(call):
    found = call.project.comments.get(call.values["id"])
    if not found:
        return _not_found()
    # Whoever may write to the repository may edit anybody's comment: that is why the client must not.
    call.project.edit(found, call.body["body"])
    return 200, _comment(call.project, found, call.url)


def user(call):
    return 200, _user(call.project, call.project.BOT)


def pull_of_commit(call):
    """Only the one that was merged as that commit, the last one of a rebase merge."""
    for found in call.project.pulls.values():
        if found.merge_commit == call.values["sha"] and call.project.shows_merge(found):
            return 200, _pull(call.project, found, call.url)
    return _not_found()


def reviews(call):
    found = call.project.pulls.get(call.values["index"])
    if not found:
        return _not_found()
    return 200, [{"id": r["id"], "user": _user(call.project, r["reviewer"]), "team": None, "body": "",
                  "state": _STATES[r["state"]], "commit_id": r["commit"], "submitted_at": r["at"],
                  "updated_at": r["at"], "dismissed": r["state"] == "dismissed", "stale": r["commit"] != found.head,
                  "official": call.project.rights.get(r["reviewer"]) in ("write", "admin"), "comments_count": 0}
                 for r in found.reviews]


def permission(call):
    login = call.values["collaborator"]
    right = call.project.rights.get(login, "read")
    return 200, {"permission": right, "role_name": right, "user": _user(call.project, login)}


_REPOSITORY = "/api/v1/repos/{owner}/{repo}"
ROUTES = {
    f"GET {_REPOSITORY}": repository,
    f"GET {_REPOSITORY}/pulls": pulls,
    f"GET {_REPOSITORY}/pulls/{{index}}": pull,
    f"POST {_REPOSITORY}/statuses/{{sha}}": set_status,
    f"GET {_REPOSITORY}/issues/{{index}}/comments": comments,
    f"POST {_REPOSITORY}/issues/{{index}}/comments": add_comment,
    f"GET {_REPOSITORY}/issues/comments/{{id}}": comment,
    f"PATCH {_REPOSITORY}/issues/comments/{{id}}": edit_comment,
    "GET /api/v1/user": user,
    f"GET {_REPOSITORY}/commits/{{sha}}/pull": pull_of_commit,
    f"GET {_REPOSITORY}/pulls/{{index}}/reviews": reviews,
    f"GET {_REPOSITORY}/collaborators/{{collaborator}}/permission": permission,
}
