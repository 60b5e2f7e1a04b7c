"""Point 18: what was typed is kept on losing the seat or the session, and offered again after signing in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from arbitration.models import InternalNote
from claims.models import Claim, Comment, Evidence
from clocks.models import Clock
from cpor.sweeps import sweep
from foundation.doors.typed.fields import fields_of
from foundation.doors.typed.keeping import LARGEST, MOST
from foundation.doors.typed.models import KeptForm
from partners.models import DeskSeat, Member, MemberRole, User
from portal.session.ending import end_sessions
from tests.desk.decisions import TEXTS
from tests.desk.desk import address, outcome
from tests.doors.browsing import Fields, Tab
from tests.doors.scenes import (
    a_claim,
    a_draft,
    asked,
    contest,
    noticed,
    proposed,
    under_review,
)
from tests.filing import answer, draft, file_claim, items_of
from tests.inspection.files import real_pdf
from tests.portal.pages import path_of, text_of
from tests.world import NOW, World

pytestmark = pytest.mark.django_db

Traveller = time_machine.Traveller
LONG = "We began on 3 March.\r\nThe statement of work names “Sales” & <Marketing>.\r\n" * 20
SENTENCE = "Nothing was sent yet You typed this on 6 July 2020"


def _to_sign_in(page: Any) -> str:
    """Return where the link “Sign in” of a page leads after signing in."""
    [_before, after] = page.content.decode().split("/accounts/login/?next=", 1)
    return str(after.split('"')[0])


# --- Each kind of loss, at a form of the portal and at one of the desk ---


def _idle(tab: Tab, user: User, clock: Traveller) -> None:
    session = tab.client.session
    session["seen_at"] -= settings.SESSION_IDLE_MINUTES * 60 + 1
    session.save()


def _over(tab: Tab, user: User, clock: Traveller) -> None:
    """Let the session's row be gone, as after twelve hours and a sweep."""
    Session.objects.all().delete()


def _signed_out_in_another_tab(tab: Tab, user: User, clock: Traveller) -> None:
    tab.client.post("/accounts/logout/", {"csrfmiddlewaretoken": tab.client.cookies["csrftoken"].value})


def _signed_out_everywhere(tab: Tab, user: User, clock: Traveller) -> None:
    end_sessions(user, tokens=False, now=timezone.now())


def _password_changed(tab: Tab, user: User, clock: Traveller) -> None:
    user.set_password("demo")  # the same one again: its hash is new
    user.save()


def _deactivated(tab: Tab, user: User, clock: Traveller) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


LOSSES: dict[str, Callable[[Tab, User, Traveller], None]] = {
    "idle": _idle,
    "over": _over,
    "signed out in another tab": _signed_out_in_another_tab,
    "signed out everywhere": _signed_out_everywhere,
    "password changed elsewhere": _password_changed,
    "deactivated and reactivated": _deactivated,
}


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES.keys())
def test_a_partners_text_is_found_again_after_each_kind_of_loss(
    world: World, clock: Traveller, lose: Callable[[Tab, User, Traveller], None]
) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))

    lose(tab, world.ana, clock)
    refused = tab.send("text", text=LONG)
    User.objects.update(is_active=True)
    tab.sign_in(world.ana, _to_sign_in(refused))

    assert refused.status_code == 403
    assert "Nothing was sent, and nothing is lost" in text_of(refused)
    assert "We began" not in text_of(refused)
    assert tab.address == path_of(claim)
    assert SENTENCE in text_of(tab.page)
    assert tab.shown("text")["text"] == [LONG]
    assert Comment.objects.count() == 0

    tab.send("text")

    assert [each.text for each in Comment.objects.all()] == [LONG.replace("\r\n", "\n").strip()]
    assert KeptForm.objects.count() == 0
    assert "Nothing was sent yet" not in text_of(tab.open(path_of(claim)))
    assert tab.shown("text")["text"] == [""]


@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES.keys())
def test_a_reviewers_text_is_found_again_after_each_kind_of_loss(
    world: World, clock: Traveller, lose: Callable[[Tab, User, Traveller], None]
) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.rev1, address(claim))

    lose(tab, world.rev1, clock)
    refused = tab.send("note", act="note", text=LONG)
    User.objects.update(is_active=True)
    tab.sign_in(world.rev1, _to_sign_in(refused))

    assert refused.status_code == 403
    assert "We began" not in text_of(refused)
    assert tab.address == address(claim)
    assert SENTENCE in text_of(tab.page)
    assert tab.shown("note")["text"] == [LONG]
    assert InternalNote.objects.count() == 0

    tab.send("note", act="note")

    assert InternalNote.objects.count() == 1
    assert KeptForm.objects.count() == 0
    assert "Nothing was sent yet" not in text_of(tab.open(address(claim)))


@pytest.mark.parametrize("by_desk", [False, True])
def test_a_form_older_than_the_new_sign_in_is_kept_and_leads_back_to_its_page(
    world: World, by_desk: bool
) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    user, page, act = (world.rev1, address(claim), "note") if by_desk else (world.ana, path_of(claim), "")
    form = act or "text"
    tab.sign_in(user, page)
    Session.objects.all().delete()
    tab.beside().sign_in(user)

    refused = tab.send(form, act=act, text=LONG)
    tab.open(page)

    assert refused.status_code == 403
    assert "This form is too old" in text_of(refused)
    assert f'href="{page}"' in refused.content.decode()
    assert SENTENCE in text_of(tab.page)
    assert tab.shown(form)["text"] == [LONG]
    assert (tab.send(form, act=act).status_code, KeptForm.objects.count()) == (302, 0)


# --- Each door ---


@dataclass(frozen=True, kw_only=True)
class Door:
    """One form: where it stands, how it is found there, and what is typed into it."""

    name: str
    stage: Callable[[World], SimpleNamespace]
    page: Callable[[SimpleNamespace], str]
    form: str
    typed: Callable[[SimpleNamespace], dict[str, Any]]
    user: Callable[[World], User] = field(default=lambda world: world.ana)
    act: str = ""


def _portal(step: str, stage: Any, form: str, **typed: Any) -> Door:
    given = {key: [value] if isinstance(value, str) else value for key, value in typed.items()}
    return Door(
        name=f"portal {step or 'comment'}",
        stage=stage,
        page=lambda scene: path_of(scene.claim, f"{step}/" if step else ""),
        form=form,
        typed=lambda scene: given,
    )


def _desk(act: str, stage: Any, typed: Callable[[SimpleNamespace], dict[str, Any]], **given: Any) -> Door:
    button = given.pop("button", act)
    of = given.pop("of", lambda scene: scene.claim)
    given.setdefault("user", lambda world: world.arb)
    return Door(
        name=f"desk {act}",
        stage=stage,
        page=lambda scene: address(of(scene)),
        form=button,
        act=button,
        typed=typed,
        **given,
    )


def _a_draft_about_revenue(world: World) -> SimpleNamespace:
    claim = draft(world, world.ana, activities=("revenue_association",))
    return SimpleNamespace(world=world, claim=claim)


def _a_clock(world: World) -> SimpleNamespace:
    DeskSeat.objects.create(user=world.arb, role="desk_admin")
    return a_claim(world)


def _lists(given: dict[str, Any]) -> dict[str, list[str]]:
    return {key: [value] if isinstance(value, str) else value for key, value in given.items()}


def _case(scene: SimpleNamespace) -> Any:
    return scene.case


DOORS = (
    Door(
        name="portal new",
        stage=lambda world: SimpleNamespace(world=world),
        page=lambda scene: "/claims/new/",
        form="tenant_id",
        typed=lambda scene: {"tenant_id": ["typed id"], "domain": ["contoso"], "name": ["Renewal 2020"]},
    ),
    _portal("customer", a_draft, "tenant_id", tenant_id="typed id", domain="adatum.com", name="Renewal"),
    _portal(
        "activity",
        a_draft,
        "solution_area",
        solution_area="business_applications",
        business_applications=["presales", "usage"],
    ),
    _portal(
        "revenue",
        _a_draft_about_revenue,
        "seller_name",
        seller_name="Fabrikam Sales",
        customer_name="Contoso Ltd",
        solution_name="Field Service for Cranes",
    ),
    _portal("products", a_draft, "product_0", product_1="dyn365-marketing", subscription_id_1="typed"),
    _portal("location", a_draft, "mpn_id", mpn_id="4391509"),
    _portal("contacts", a_draft, "customer_first_name", customer_first_name="Corazón", partner_title="Lead"),
    _portal("proof", a_draft, "signer_name", kind="other", signer_name="Cora Coe", signed_on="2020-06-30"),
    _portal("check", a_draft, "acknowledged", acknowledged=["on"]),
    _portal("", a_claim, "text", text=LONG),
    _portal("respond", asked, "comment", comment=LONG),
    _portal("items", asked, "product_0", product_0="dyn365-marketing", subscription_id_0="typed"),
    _desk("comment", a_claim, lambda scene: {"text": [LONG]}),
    _desk("note", a_claim, lambda scene: {"text": [LONG]}),
    _desk("ask_override", contest, lambda scene: {"text": ["Northwind signed."], "reason": ["True."]}),
    _desk(
        "request_information",
        under_review,
        lambda scene: {"reason": ["OTHER"], "question": [LONG]},
    ),
    _desk(
        "decide_items",
        under_review,
        lambda scene: _lists(
            {
                **outcome(items_of(scene.claim)[0], "decline", "INSUFFICIENT_POE", LONG),
                "comment": "More in the item.",
            }
        ),
    ),
    _desk(
        "post_notice",
        contest,
        lambda scene: {"challenger_text": ["Another text."], "holder_text": ["And to you."]},
        of=_case,
    ),
    _desk("ask_parties", noticed, lambda scene: {"reason": ["OTHER"], "question": [LONG]}, of=_case),
    _desk(
        "decide_case",
        noticed,
        lambda scene: _lists({**TEXTS, "winner": str(scene.world.fabrikam.pk)}),
        of=_case,
        button="preview_decision",
    ),
    _desk(
        "decide_unheard",
        contest,
        lambda scene: _lists({**TEXTS, "unheard_reason": LONG, "winner": str(scene.world.fabrikam.pk)}),
        of=_case,
        button="preview_unheard_decision",
    ),
    _desk(
        "return_decision",
        proposed,
        lambda scene: {"reason": [LONG]},
        of=_case,
        user=lambda world: world.arb2,
    ),
    Door(
        name="desk extend",
        stage=_a_clock,
        page=lambda scene: f"/admin/clocks/clock/{Clock.objects.get(kind='review').pk}/",
        form="extend",
        act="extend",
        typed=lambda scene: {"days": ["2"], "reason": [LONG]},
        user=lambda world: world.arb,
    ),
)


def _typed(fields: Fields) -> Fields:
    hidden = ("csrfmiddlewaretoken", "sender", "tab")
    return {name: sorted(values) for name, values in fields.items() if name not in hidden}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: str(door.name))
def test_every_form_is_offered_again_as_it_was_typed_until_it_is_sent(world: World, door: Door) -> None:
    scene, user, tab = door.stage(world), door.user(world), Tab()
    page, typed = door.page(scene), door.typed(scene)
    tab.sign_in(user, page)
    before = tab.shown(door.form)
    Session.objects.all().delete()

    refused = tab.send(door.form, act=door.act, **typed)
    tab.sign_in(user, _to_sign_in(refused))
    offered, again = tab.shown(door.form), (tab.open(page), tab.shown(door.form))[1]

    assert tab.address.split("?")[0] == page
    assert SENTENCE in text_of(tab.page)
    assert _typed(offered) == _typed({**before, **typed})
    assert _typed(again) == _typed(offered)


def _all_files() -> list[str]:
    return [str(file.public_id) for file in Evidence.objects.all()]


SENT = [door for door in DOORS if door.name in ("portal new", "portal respond", "desk decide_items")]


@pytest.mark.parametrize("door", SENT, ids=lambda door: str(door.name))
def test_what_was_sent_is_offered_no_more(world: World, door: Door) -> None:
    scene, user, tab = door.stage(world), door.user(world), Tab()
    page = door.page(scene)
    tab.sign_in(user, page)
    Session.objects.all().delete()
    tab.sign_in(user, _to_sign_in(tab.send(door.form, act=door.act, **door.typed(scene))))

    sent = tab.send(door.form, act=door.act, unopened=_all_files())

    assert (sent.status_code, KeptForm.objects.count()) == (302, 0)


def test_a_decision_with_its_three_texts_is_kept_from_the_page_that_shows_what_each_party_gets(
    world: World,
) -> None:
    scene, tab = noticed(world), Tab()
    page, typed = address(scene.case), {**TEXTS, "winner": str(world.fabrikam.pk)}
    tab.sign_in(world.arb, page)
    tab.page = tab.send("preview_decision", act="preview_decision", **typed)
    Session.objects.all().delete()

    refused = tab.send("decide_case", act="decide_case")
    tab.sign_in(world.arb, _to_sign_in(refused))
    tab.page = tab.send("preview_decision", act="preview_decision")
    kept_until_confirmed = KeptForm.objects.count()
    sent = tab.send("decide_case", act="decide_case", unopened=_all_files())

    scene.case.refresh_from_db()
    assert (refused.status_code, kept_until_confirmed, sent.status_code) == (403, 1, 302)
    assert scene.case.state == "decided"
    assert scene.case.decision.rationale == TEXTS["rationale"]
    assert KeptForm.objects.count() == 0


def test_a_file_is_not_kept_and_the_page_says_so(world: World) -> None:
    scene, tab = a_draft(world), Tab()
    files = Evidence.objects.count()
    page = path_of(scene.claim, "proof/")
    tab.sign_in(world.ana, page)
    form = tab.form("signer_name")["fields"]
    Session.objects.all().delete()
    upload = real_pdf("Accepted")

    refused = tab.client.post(page, {**form, "signer_name": "Cora Coe", "file": _named("sow.pdf", upload)})
    tab.sign_in(world.ana, _to_sign_in(refused))

    assert "Files are not kept: choose them again." in text_of(refused)
    assert "the browser forgets the chosen file: choose it again" in text_of(tab.page)
    assert tab.shown("signer_name")["signer_name"] == ["Cora Coe"]
    assert b"Accepted" not in KeptForm.objects.get().encoded.encode()
    assert Evidence.objects.count() == files


def _named(name: str, content: bytes) -> Any:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


# --- Nobody else ---


def test_another_person_who_signs_in_there_sees_nothing_of_it(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()
    refused = tab.send("text", text="Our margin is 40 percent.")

    tab.sign_in(world.gil, _to_sign_in(refused))

    assert "40 percent" not in refused.content.decode() + tab.page.content.decode()
    assert "Nothing was sent yet" not in text_of(tab.page)
    assert tab.shown("text")["text"] == [""]
    kept = KeptForm.objects.get()
    tab.client.post(
        "/typed/discard/",
        {"kept": kept.pk, "csrfmiddlewaretoken": tab.shown("text")["csrfmiddlewaretoken"]},
    )
    assert KeptForm.objects.count() == 1


def test_a_form_that_another_person_left_open_is_kept_for_that_person(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()
    tab.beside().sign_in(world.gil)

    refused = tab.send("text", text="Our margin is 40 percent.")
    tab.client.logout()
    tab.sign_in(world.ana, path_of(claim))

    assert "We keep" not in text_of(refused)
    assert "40 percent" not in text_of(refused)
    assert tab.shown("text")["text"] == ["Our margin is 40 percent."]


def test_a_sender_of_another_hand_keeps_nothing(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    sender = tab.shown("text")["sender"][0]
    Session.objects.all().delete()

    refused = tab.send("text", text=LONG, sender=sender[:-1] + ("A" if sender[-1] != "A" else "B"))

    assert refused.status_code == 403
    assert "What you typed is shown below" in text_of(refused)
    assert KeptForm.objects.count() == 0


def test_the_field_and_the_table_name_neither_person_nor_company(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()
    tab.send("text", text=LONG)

    kept = KeptForm.objects.get()

    assert (len(kept.person), len(kept.side), kept.page) == (64, 64, path_of(claim))
    assert str(world.ana.pk) not in (kept.person, kept.side)


# --- Companies ---


def _also_of(user: User, organisation: Any) -> Member:
    member = Member.objects.create(user=user, organisation=organisation)
    MemberRole.objects.create(member=member, role="incentives_admin")
    return member


def _switch(tab: Tab, code: str) -> None:
    other = tab.beside()
    other.open("/support/")
    other.client.post(
        "/company/switch/",
        {"organisation": code, "csrfmiddlewaretoken": tab.client.cookies["csrftoken"].value},
    )


def test_a_form_of_one_company_is_never_sent_for_another_after_a_switch_in_another_tab(world: World) -> None:
    _also_of(world.ana, world.northwind)
    tab = Tab()
    tab.sign_in(world.ana, "/claims/new/")
    _switch(tab, "northwind")

    refused = tab.send("tenant_id", tenant_id="typed", domain="contoso", name="Ours")
    tab.open("/claims/new/")
    elsewhere, shown = text_of(tab.page), tab.shown("tenant_id")["name"]
    _switch(tab, "fabrikam")
    tab.open("/claims/new/")

    assert refused.status_code == 409
    assert "You work for Northwind now" in text_of(refused)
    assert "Switch to Fabrikam and go on" in text_of(refused)
    assert "Ours" not in text_of(refused)
    assert ("You typed something here for Fabrikam" in elsewhere, shown) == (True, [""])
    assert SENTENCE in text_of(tab.page)
    assert tab.shown("tenant_id")["name"] == ["Ours"]
    assert Claim.objects.count() == 0


def test_the_switch_leads_back_to_the_page_of_a_claim(world: World) -> None:
    _also_of(world.ana, world.northwind)
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    _switch(tab, "northwind")
    refused = tab.send("text", text=LONG)
    hidden = tab.open(path_of(claim))

    switched = tab.client.post(
        "/company/switch/",
        {
            "organisation": "fabrikam",
            "next": path_of(claim),
            "csrfmiddlewaretoken": tab.client.cookies["csrftoken"].value,
        },
        follow=True,
    )

    assert (refused.status_code, hidden.status_code) == (409, 404)
    assert "We began" not in text_of(hidden)
    assert "Switch to Fabrikam and go on" in text_of(hidden)
    assert SENTENCE in text_of(switched)


def test_signing_in_again_goes_on_for_the_company_for_which_it_was_typed(world: World) -> None:
    _also_of(world.ana, world.northwind)
    claim, tab = file_claim(world, world.ned), Tab()
    tab.sign_in(world.ana)
    _switch(tab, "northwind")
    tab.open(path_of(claim))
    Session.objects.all().delete()

    refused = tab.send("text", text=LONG)
    tab.sign_in(world.ana, _to_sign_in(refused))

    assert tab.shown("text")["text"] == [LONG]
    assert tab.page.context["company"].name == "Northwind"


def test_who_left_the_company_for_another_does_not_take_the_text_along(world: World) -> None:
    member, claim, tab = world.ana.memberships.get(), file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Member.objects.filter(pk=member.pk).update(ended_at=NOW)
    _also_of(world.ana, world.northwind)

    refused = tab.send("text", text=LONG)
    later = tab.open(path_of(claim))
    Member.objects.filter(organisation=world.northwind, user=world.ana).update(ended_at=NOW)
    Member.objects.filter(pk=member.pk).update(ended_at=None)
    tab.open(path_of(claim))

    assert (refused.status_code, later.status_code) == (409, 404)
    assert "We began" not in text_of(refused) + text_of(later)
    assert "That company is not one of yours now" in text_of(refused)
    assert tab.shown("text")["text"] == [LONG]


# --- The right is gone ---


def test_a_partner_whose_role_ended_reads_the_text_on_the_refusal_and_finds_it_if_the_role_returns(
    world: World,
) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    role = world.ana.memberships.get().roles.get()
    world.ana.memberships.get().roles.all().delete()

    refused = tab.send("text", text=LONG)
    later = tab.open(path_of(claim))
    MemberRole.objects.create(member=role.member, role=role.role)
    tab.open(path_of(claim))

    assert (refused.status_code, later.status_code) == (403, 403)
    assert "We began on 3 March." in text_of(refused)
    assert "We began on 3 March." in text_of(later)
    assert tab.shown("text")["text"] == [LONG]


def test_a_partner_who_works_for_no_company_any_more_reads_the_text_on_the_refusal(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()
    Member.objects.filter(user=world.ana).update(ended_at=NOW)

    tab.sign_in(world.ana, _to_sign_in(tab.send("text", text=LONG)))

    assert tab.page.status_code == 403
    assert "We began on 3 March." in text_of(tab.page)


def test_a_partner_bounded_to_other_locations_reads_the_text_on_the_page_that_says_not_found(
    world: World,
) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    world.ana.memberships.get().locations.set([world.locations["4391509"]])

    refused = tab.send("text", text=LONG)

    assert refused.status_code == 404
    assert "We began on 3 March." in text_of(refused)


def test_a_claim_that_moved_on_shows_the_text_to_copy(world: World) -> None:
    scene, tab = asked(world), Tab()
    page = path_of(scene.claim, "respond/")
    tab.sign_in(world.ana, page)
    Session.objects.all().delete()
    refused = tab.send("comment", comment=LONG)
    answer(scene.claim, world.gil)
    tab.sign_in(world.ana, _to_sign_in(refused))

    assert tab.page.status_code == 409
    assert "We began on 3 March." in text_of(tab.page)


def test_a_reviewer_whose_seat_ended_reads_the_text_on_the_refusal_and_finds_it_if_the_seat_returns(
    world: World,
) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.rev1, address(claim))
    DeskSeat.objects.filter(user=world.rev1).delete()

    refused = tab.send("note", act="note", text=LONG)
    later = tab.open(address(claim))
    DeskSeat.objects.create(user=world.rev1, role="reviewer")
    tab.open(address(claim))

    assert (refused.status_code, later.status_code) == (403, 403)
    assert "We began on 3 March." in text_of(refused)
    assert "We began on 3 March." in text_of(later)
    assert tab.shown("note")["text"] == [LONG]
    assert InternalNote.objects.count() == 0


def test_a_reviewer_who_lost_session_and_staff_status_reads_the_text_after_signing_in(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.rev1, address(claim))
    Session.objects.all().delete()
    User.objects.filter(pk=world.rev1.pk).update(is_staff=False)

    tab.sign_in(world.rev1, _to_sign_in(tab.send("note", act="note", text=LONG)))

    assert tab.page.status_code == 403
    assert "We began on 3 March." in text_of(tab.page)


@pytest.mark.parametrize("has_seat", [True, False])
def test_a_reviewer_who_joined_a_partner_does_not_take_the_text_along(world: World, has_seat: bool) -> None:
    claim, tab = file_claim(world, world.ned), Tab()
    tab.sign_in(world.rev1, address(claim))
    if not has_seat:
        DeskSeat.objects.filter(user=world.rev1).delete()
    _also_of(world.rev1, world.northwind)

    refused = tab.send("note", act="note", text="Fabrikam's proof is older.")
    portal = [tab.open(page) for page in (path_of(claim), "/claims/", "/claims/new/")]

    assert refused.status_code == (404 if has_seat else 403)
    assert "What you typed here for the desk was not sent. We keep it for a day" in text_of(refused)
    assert not [page for page in (refused, *portal) if "proof is older" in text_of(page)]
    assert KeptForm.objects.count() == 1


def test_text_typed_for_the_desk_is_never_offered_in_the_portal(world: World) -> None:
    _also_of(world.rev1, world.tailspin)
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.rev1, address(claim))
    sender = tab.shown("note")["sender"]
    tab.open("/claims/new/")

    refused = tab.send("tenant_id", sender=sender, tenant_id="typed", name="For the desk only")
    tab.open("/claims/new/")

    assert refused.status_code == 409
    assert KeptForm.objects.count() == 1
    assert "For the desk only" not in text_of(refused) + tab.page.content.decode()


# --- Bounds ---


def test_a_form_beyond_the_bound_is_shown_instead_of_kept(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()

    kept = tab.send("text", text="x" * (LARGEST - 100))
    shown = tab.send("text", text="y" * (LARGEST + 1))

    assert ("nothing is lost" in text_of(kept), "nothing is lost" in text_of(shown)) == (True, False)
    assert "y" * 1000 in text_of(shown)
    assert KeptForm.objects.count() == 1


def test_at_most_so_many_are_kept_for_a_person_and_the_same_press_once(
    world: World, clock: Traveller
) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()

    for number in range(MOST + 5):
        clock.shift(timedelta(seconds=1))
        tab.send("text", text=f"Text {number:02d}")
        tab.send("text", text=f"Text {number:02d}")

    kept = [fields_of(each)["text"] for each in KeptForm.objects.order_by("typed_at")]
    assert kept == [f"Text {number:02d}" for number in range(5, MOST + 5)]


def test_several_texts_of_a_page_are_offered_one_after_the_other(world: World, clock: Traveller) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()
    tab.send("text", text="The first.")
    clock.shift(timedelta(minutes=1))
    tab.sign_in(world.ana, _to_sign_in(tab.send("text", text="The second.")))

    offered = []
    for _each in range(3):
        offered += tab.shown("text")["text"]
        tab.send("text")
        tab.open(path_of(claim))

    assert offered == ["The second.", "The first.", ""]
    assert [each.text for each in Comment.objects.order_by("pk")] == ["The second.", "The first."]


def test_after_a_day_it_is_offered_no_more_and_swept(world: World, clock: Traveller) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim))
    Session.objects.all().delete()
    tab.send("text", text=LONG)

    seen = []
    for hours in (23, 1):
        clock.shift(timedelta(hours=hours))
        sweep(now=timezone.now())
        tab.sign_in(world.ana, path_of(claim))
        seen.append((tab.shown("text")["text"] == [LONG], KeptForm.objects.count()))
        tab.client.logout()

    assert seen == [(True, 1), (False, 0)]


def test_nothing_typed_keeps_nothing(world: World) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    tab.sign_in(world.ana, path_of(claim, "withdraw/"))
    Session.objects.all().delete()

    refused = tab.send("version")

    assert (refused.status_code, KeptForm.objects.count()) == (403, 0)
    assert "Your session ended before we could do this." in text_of(refused)


@pytest.mark.parametrize("by_desk", [False, True])
def test_it_can_be_discarded(world: World, by_desk: bool) -> None:
    claim, tab = file_claim(world, world.ana), Tab()
    user, page, act = (world.rev1, address(claim), "note") if by_desk else (world.ana, path_of(claim), "")
    tab.sign_in(user, page)
    Session.objects.all().delete()
    tab.sign_in(user, _to_sign_in(tab.send(act or "text", act=act, text=LONG)))

    discarded = tab.send("kept", kept=str(KeptForm.objects.get().pk))
    tab.open(page)

    assert (discarded.status_code, discarded["Location"]) == (302, page)
    assert KeptForm.objects.count() == 0
    assert "What you had typed was discarded." in text_of(tab.page)
    assert tab.shown(act or "text")["text"] == [""]


def test_a_claim_changed_meanwhile_is_not_overwritten_by_what_is_sent_then(world: World) -> None:
    scene, tab = a_draft(world), Tab()
    page = path_of(scene.claim, "customer/")
    tab.sign_in(world.ana, page)
    Session.objects.all().delete()
    refused = tab.send("tenant_id", name="Mine")
    gil = Tab()
    gil.sign_in(world.gil, page)
    gil.send("tenant_id", name="Theirs")

    tab.sign_in(world.ana, _to_sign_in(refused))
    sent = tab.send("tenant_id")

    assert sent.status_code == 412
    assert "What changed since you opened this page" in text_of(sent)
    assert Claim.objects.get().name == "Theirs"
    assert KeptForm.objects.count() == 1


def test_a_decision_typed_before_the_claim_changed_is_not_sent_unread(world: World) -> None:
    scene, tab = under_review(world), Tab()
    item = items_of(scene.claim)[0]
    tab.sign_in(world.rev1, address(scene.claim))
    Session.objects.all().delete()
    typed = outcome(item, "decline", "INSUFFICIENT_POE", LONG)
    refused = tab.send("decide_items", act="decide_items", **typed)
    Claim.objects.filter(pk=scene.claim.pk).update(version=scene.claim.version + 5)

    tab.sign_in(world.rev1, _to_sign_in(refused))
    sent = tab.send("decide_items", act="decide_items")

    assert sent.status_code == 412
    assert LONG.split("\r\n")[0] in text_of(sent)
