"""GitLab's API, as far as tests/testdata/forge/gitlab.json describes it. An answer is (status, JSON)."""

PREFIX = ""  # the description's paths hold /api/v4
COMMENT_LIMIT = 1_000_000
PAGE_SIZE = ("per_page", 20, 100)  # parameter, default, most
PROJECT, FORK = "42", "43"
_LEVELS = {"read": 20, "write": 30, "admin": 40}  # reporter, developer, maintainer


def login_problem(headers, token):
    return None if headers.get("PRIVATE-TOKEN") == token else (401, error("401 Unauthorized"))


def error(message):
    return {"message": message}


def _user(project, login):
    return {"id": project.user_id(login), "username": login, "name": login.title(), "state": "active"}


def _pull(project, pull, url):
    source = int(FORK if pull.fork else PROJECT)
    user = _user(project, pull.merger) if pull.merger else None
    return {
        "id": 9000 + pull.number, "iid": pull.number, "project_id": int(PROJECT), "title": pull.title,
        "description": "", "state": "opened" if pull.state == "open" else pull.state,
        "author": _user(project, pull.author), "source_branch": pull.branch, "target_branch": pull.base,
        "source_project_id": source, "target_project_id": int(PROJECT), "sha": pull.head,
        "merge_commit_sha": pull.merge_commit, "squash_commit_sha": None, "merged_by": user, "merge_user": user,
        "merged_at": pull.merged_at, "closed_at": None, "created_at": pull.created_at, "updated_at": pull.created_at,
        "draft": False, "work_in_progress": False, "labels": [], "assignees": [], "reviewers": [], "milestone": None,
        "user_notes_count": 0, "upvotes": 0, "downvotes": 0, "should_remove_source_branch": None,
        "web_url": f"{url}/{project.name}/-/merge_requests/{pull.number}",
    }


def _note(project, comment):
    return {"id": comment["id"], "body": comment["body"], "author": _user(project, comment["author"]),
            "created_at": comment["created_at"], "updated_at": comment["updated_at"], "system": False,
            "noteable_id": 9000 + comment["number"], "noteable_iid": comment["number"],
            "noteable_type": "MergeRequest", "project_id": int(PROJECT), "resolvable": False,
            "confidential": False, "internal": False}


def _status(project, status):
    return {"id": status["id"], "sha": status["commit"], "ref": "main", "status": status["state"],
            "name": status["context"], "target_url": status["target_url"] or None,
            "description": status["description"] or None, "created_at": status["at"], "started_at": None,
            "finished_at": None, "allow_failure": False, "coverage": None, "author": _user(project, project.BOT)}


def project(call):
    return 200, {"id": int(call.values["id"] == FORK) + int(PROJECT), "name": call.project.name.split("/")[1],
                 "path_with_namespace": call.project.name, "default_branch": "main", "visibility": "private"}


def pulls(call):
    wanted = call.query.get("state", "all")
    chosen = [p for p in reversed(call.project.pulls.values())
              if wanted in ("all", "opened" if p.state == "open" else p.state)
              and call.query.get("target_branch", p.base) == p.base]
    if call.query.get("sort") == "asc":
        chosen.reverse()
    return 200, [_pull(call.project, p, call.url) for p in chosen]


def pull(call):
    found = call.project.pulls.get(call.values["merge_request_iid"])
    return (200, _pull(call.project, found, call.url)) if found else (404, error("404 Not found"))


def set_status(call):
    commit, body = call.values["sha"], call.body
    context = body.get("name") or body.get("context") or "default"
    if not call.project.has_commit(commit):
        return 404, error("404 Commit Not Found")
    if call.values["id"] == FORK and call.project.refuses_status(commit):
        return 403, error("403 Forbidden")
    # A pipeline belongs to a branch. A fork's commits are on none of the target's, only on the fork's own.
    if call.values["id"] != FORK and not body.get("ref") and not call.project.is_on_a_branch(commit):
        return 404, error("404 References for commit Not Found")
    if any(len(body.get(field) or "") > 255 for field in ("description", "target_url", "ref", "name", "context")):
        return 400, error({"description": ["is too long (maximum is 255 characters)"]})
    newest = call.project.newest_status(commit, context)
    if newest and newest["state"] == body["state"]:
        return 400, error(f"Cannot transition status via :enqueue from :{body['state']} (Reason(s): Status cannot "
                          "transition)")
    status = call.project.set_status(commit, context, body["state"], body.get("description") or "",
                                     body.get("target_url") or "")
    return 201, _status(call.project, status)


def notes(call):
    number = call.values["merge_request_iid"]
    if number not in call.project.pulls:
        return 404, error("404 Not found")
    found = [_note(call.project, c) for c in call.project.comments_of(number)]
    return 200, found if call.query.get("sort") == "asc" else list(reversed(found))


def add_note(call):
    number = call.values["merge_request_iid"]
    if number not in call.project.pulls:
        return 404, error("404 Not found")
    if len(call.body["body"]) > COMMENT_LIMIT:
        return 400, error("400 Bad request - Note is too long (maximum is 1000000 characters)")
    return 201, _note(call.project, call.project.comment(number, call.project.BOT, call.body["body"]))


def _find_note(call):
    found = call.project.comments.get(call.values["note_id"])
    return found if found and found["number"] == call.values["merge_request_iid"] else None


def note(call):
    found = _find_note(call)
    return (200, _note(call.project, found)) if found else (404, error("404 Note Not Found"))


def edit_note(call):
    found = _find_note(call)
    if not found:
        return 404, error("404 Note Not Found")
    if found["author"] != call.project.BOT:
        return 403, error("403 Forbidden")
    if len(call.body["body"]) > COMMENT_LIMIT:
        return 400, error("400 Bad request - Note is too long (maximum is 1000000 characters)")
    call.project.edit(found, call.body["body"])
    return 200, _note(call.project, found)


def user(call):
    return 200, _user(call.project, call.project.BOT)


def pulls_of_commit(call):
    """Merged and open ones, unless one state is asked for."""
    wanted, commit = call.query.get("state", "all"), call.values["sha"]
    if not call.project.has_commit(commit):
        return 404, error("404 Commit Not Found")
    return 200, [_pull(call.project, p, call.url) for p in call.project.brought(commit)
                 if wanted in ("all", "opened" if p.state == "open" else p.state)]


def approvals(call):
    """Who approves now: a later word takes an approval back. Nothing says which commit it was."""
    found = call.project.pulls.get(call.values["merge_request_iid"])
    if not found:
        return 404, error("404 Not found")
    newest = {r["reviewer"]: r for r in found.reviews if r["state"] != "commented"}
    approved = [{"user": _user(call.project, r["reviewer"]), "approved_at": r["at"]}
                for r in newest.values() if r["state"] == "approved"]
    return 200, {"user_has_approved": False, "user_can_approve": True, "approved": bool(approved),
                 "approved_by": approved}


def member(call):
    login = call.project.login_of(call.values["user_id"])
    level = _LEVELS.get(call.project.rights.get(login))
    if level is None:
        return 404, error("404 Not found")
    return 200, {**_user(call.project, login), "access_level": level, "expires_at": None}


_PROJECT = "/api/v4/projects/{id}"
_NOTES = f"{_PROJECT}/merge_requests/{{merge_request_iid}}/notes"
ROUTES = {
    f"GET {_PROJECT}": project,
    f"GET {_PROJECT}/merge_requests": pulls,
    f"GET {_PROJECT}/merge_requests/{{merge_request_iid}}": pull,
    f"POST {_PROJECT}/statuses/{{sha}}": set_status,
    f"GET {_NOTES}": notes,
    f"POST {_NOTES}": add_note,
    f"GET {_NOTES}/{{note_id}}": note,
    f"PUT {_NOTES}/{{note_id}}": edit_note,
    "GET /api/v4/user": user,
    f"GET {_PROJECT}/repository/commits/{{sha}}/merge_requests": pulls_of_commit,
    f"GET {_PROJECT}/merge_requests/{{merge_request_iid}}/approvals": approvals,
    f"GET {_PROJECT}/members/all/{{user_id}}": member,
}
