"""HTTP of playlists and their review."""

from __future__ import annotations

from media.profile import Profile
from server.accounts.model import Identity
from server.api import Answer, Api
from server.editorial import answers, service, views
from server.editorial.bodies import (
    ApproveBody,
    ChangedPlaylist,
    CheckBody,
    CopyBody,
    MarkdownBody,
    NewPlaylist,
    PlaylistQuery,
    ReturnBody,
    SubmitBody,
    WithdrawBody,
)
from server.editorial.model import PlaylistView
from server.editorial.service import Order
from server.paging import PageQuery, sliced
from server.parts import Parts

api = Api("editorial")
ONE = "/api/v1/playlists/<playlist>"


def _answer(view: PlaylistView) -> Answer:
    return Answer(answers.playlist(view), {"ETag": f'"{view.revision}"'})


@api.post(
    "/api/v1/playlists", "content", body=NewPlaylist, answer=answers.PlaylistAnswer, status=201, also=(404,),
    summary="Make a playlist as a draft",
)  # fmt: skip
def add_playlist(parts: Parts, who: Identity, body: NewPlaylist) -> Answer:
    return _answer(service.create(parts, who, body.name, body.items, body.group))


@api.get(
    "/api/v1/playlists", query=PlaylistQuery, answer=answers.PlaylistsAnswer, summary="Playlists, last changed first"
)
def playlists(parts: Parts, who: Identity, query: PlaylistQuery) -> answers.PlaylistsAnswer:
    page, names = views.listing(parts, who, query)
    return answers.PlaylistsAnswer(items=[answers.brief(view, names) for view in page.items], next=page.next)


@api.get(ONE, answer=answers.DetailAnswer, summary="A playlist with its draft, what plays, and its history")
def one_playlist(parts: Parts, who: Identity, playlist: str) -> Answer:
    found = views.get(parts, who, playlist)
    return Answer(answers.detail(found), {"ETag": f'"{found.view.revision}"'})


@api.put(
    ONE, "content", body=ChangedPlaylist, answer=answers.PlaylistAnswer, if_match=True,
    summary="Save the draft; 412 carries the other text as `current`",
)  # fmt: skip
def save_playlist(parts: Parts, who: Identity, playlist: str, body: ChangedPlaylist, held: str) -> Answer:
    order = Order(body.name, body.items, body.group, moves="group" in body.model_fields_set, autosave=body.autosave)
    return _answer(service.save(parts, who, playlist, held, order))


@api.delete(ONE, "content", status=204, also=(409,), summary="Put an unused playlist aside")
def delete_playlist(parts: Parts, who: Identity, playlist: str) -> None:
    service.delete(parts, who, playlist)


@api.post(f"{ONE}/restore", "content", answer=answers.PlaylistAnswer, summary="Bring a playlist back")
def restore_playlist(parts: Parts, who: Identity, playlist: str) -> Answer:
    return _answer(service.restore(parts, who, playlist))


@api.post(
    f"{ONE}/copy",
    "content",
    body=CopyBody,
    answer=answers.PlaylistAnswer,
    status=201,
    summary="Copy a playlist's draft",
)
def copy_playlist(parts: Parts, who: Identity, playlist: str, body: CopyBody) -> Answer:
    return _answer(service.copy(parts, who, playlist, body.name))


@api.post(
    f"{ONE}/submit", "content", body=SubmitBody, answer=answers.PlaylistAnswer, also=(409, 412),
    summary="Submit the draft; without review steps it plays at once",
)  # fmt: skip
def submit_playlist(parts: Parts, who: Identity, playlist: str, body: SubmitBody) -> Answer:
    return _answer(service.submit(parts, who, playlist, body.revision, body.reason or ""))


@api.post(
    f"{ONE}/approve", "review", body=ApproveBody, answer=answers.PlaylistAnswer, also=(409, 412),
    summary="Approve the revision that was looked at",
)  # fmt: skip
def approve_playlist(parts: Parts, who: Identity, playlist: str, body: ApproveBody) -> Answer:
    return _answer(service.approve(parts, who, playlist, body.revision, body.reason or ""))


@api.post(
    f"{ONE}/return", "review", body=ReturnBody, answer=answers.PlaylistAnswer, also=(409, 412),
    summary="Send the revision back with a reason",
)  # fmt: skip
def return_playlist(parts: Parts, who: Identity, playlist: str, body: ReturnBody) -> Answer:
    return _answer(service.send_back(parts, who, playlist, body.revision, body.reason))


@api.post(
    f"{ONE}/withdraw", "content review", body=WithdrawBody, answer=answers.PlaylistAnswer, also=(409, 412),
    summary="Take a playlist off every screen (content or review)",
)  # fmt: skip
def withdraw_playlist(parts: Parts, who: Identity, playlist: str, body: WithdrawBody) -> Answer:
    return _answer(service.withdraw(parts, who, playlist, body.revision, body.reason or ""))


@api.get(f"{ONE}/revisions/<revision>", answer=answers.RevisionAnswer, summary="A frozen state of a playlist")
def one_revision(parts: Parts, who: Identity, playlist: str, revision: str) -> answers.RevisionAnswer:
    return answers.revision(views.revision(parts, who, playlist, revision))


@api.get(
    "/api/v1/reviews", query=PageQuery, answer=answers.InboxAnswer,
    summary="What waits for the asker, with what it changes",
)  # fmt: skip
def reviews(parts: Parts, who: Identity, query: PageQuery) -> answers.InboxAnswer:
    found = views.inbox(parts, who)
    return answers.inbox(found, sliced(found.waiting, query, lambda one: one.view.id))


@api.post(
    "/api/v1/playlists/check", "content", body=CheckBody, answer=answers.CheckAnswer, also=(404,),
    summary="Look at items without storing them: rules, and how they turn out on screens",
)  # fmt: skip
def check(parts: Parts, who: Identity, body: CheckBody) -> answers.CheckAnswer:
    profiles = [Profile(**profile.model_dump()) for profile in body.profiles]
    return answers.looked(*views.check(parts, who, body.items, body.screens, profiles), who.locale)


@api.post("/api/v1/markdown", "content", body=MarkdownBody, answer=answers.HtmlAnswer, summary="Markdown as safe HTML")
def markdown(parts: Parts, who: Identity, body: MarkdownBody) -> answers.HtmlAnswer:
    return answers.HtmlAnswer(html=views.preview(body.text))
