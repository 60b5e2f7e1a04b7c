"""A random walker that acts as partners, rivals, the desk, time and the directory."""

import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from arbitration import services as desk
from arbitration.models import Case
from arbitration.services import Decision
from claims.enums import ClaimStatus, DeclineReason, EvidenceKind, ItemOutcome, RequestReason
from claims.inputs import ContactInput, DraftChanges, Entry, RevenueInput
from claims.models import Claim, TextOverride
from claims.selectors import open_requests
from claims.services import (
    ProofDetails,
    add_comment,
    add_evidence,
    answer_requests,
    ask_override,
    change_items,
    confirm_override,
    create_draft,
    open_evidence,
    save_claim,
    submit_claim,
    withdraw_claim,
)
from claims.steps.text_guard import passages_naming_parties
from clocks.enums import ClockState
from clocks.models import Clock
from clocks.services import publish_calendar
from cpor.demo.proof import statement_of_work
from cpor.directory import KINDS
from cpor.sweeps import sweep
from foundation.journal.models import Event
from foundation.kernel.actor import SYSTEM, Actor
from foundation.kernel.errors import DomainError, StaleVersion
from tenants.importing.services import ImportResult, import_file
from tenants.models import Subscription
from tests.filing import desk_admin
from tests.world import NOW, World, actor

BA, M365 = "business_applications", "microsoft_365"
CONFIRMED = ("COMPETING_CLAIM", "CONTACT_DOMAIN_MISMATCH", "POE_DATE_OLD", "MPN_REGION", "MPN_NOT_ENROLLED")
NAMING = ("This is Northwind's form.", "The dates of FABRIKAM differ.", "Tailspin's page 2 is missing.")
MPNS = {"fabrikam": ("4391507", "4391509"), "northwind": ("5120001",), "tailspin": ("6230001",)}


class Walker:
    """Walks the services from a seed. `done` counts acts that succeeded, `refused` the codes of refusals."""

    def __init__(self, world: World, seed: int, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.random = random.Random(seed)
        self.now = NOW
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.partners = [world.ana, world.gil, world.ned, world.tom]
        self.desk_people = [world.rev1, world.rev2, world.arb, world.arb2]
        self.steps: list[tuple[int, Callable[[], object]]] = [
            (8, self.file),
            (1, self.abandon_a_draft),
            (3, self.take_up),
            (3, self.ask),
            (4, self.answer),
            (5, self.decide),
            (3, self.post_notice),
            (3, self.ask_parties),
            (4, self.decide_case),
            (4, self.confirm_decision),
            (1, self.return_decision),
            (1, self.lift_block),
            (2, self.withdraw),
            (2, self.change_items),
            (2, self.edit_contacts),
            (2, self.comment),
            (2, self.add_proof),
            (1, self.directory_moves),
            (1, self.directory_repeats_itself),
            (2, self.go_on_with_a_draft),
            (1, self.ask_for_an_exception),
            (2, self.allow_a_text),
            (2, self.send_a_text_with_a_name),
            (2, self.open_proof),
            (1, self.extend_a_deadline),
            (1, self.publish_a_calendar),
            (1, self.note),
            (1, self.preview),
            (6, self.time_passes),
            (3, self.sweep),
        ]

    def step(self) -> str:
        """Do one random act and return its name. A refusal is fine; anything else that is raised is a fault."""
        weights = [weight for weight, _act in self.steps]
        act = self.random.choices([act for _weight, act in self.steps], weights)[0]
        try:
            act()
        except DomainError as error:
            self.refused[error.code] += 1
            return f"{act.__name__}: {error.code}"
        self.done[act.__name__] += 1
        return act.__name__

    def _partner(self) -> Actor:
        return actor(self.random.choice(self.partners))

    def _desk(self) -> Actor:
        return actor(self.random.choice(self.desk_people))

    def _claim(self, *statuses: str) -> Claim | None:
        claims = list(Claim.objects.filter(status__in=statuses or ClaimStatus.OPEN).order_by("pk"))
        return self.random.choice(claims) if claims else None

    def _owner(self, claim: Claim) -> Actor:
        members = {"fabrikam": self.world.ana, "northwind": self.world.ned, "tailspin": self.world.tom}
        return actor(members[claim.organisation.code])

    def _case(self) -> Case | None:
        cases = list(Case.objects.filter(state="open").order_by("pk"))
        return self.random.choice(cases) if cases else None

    def _entries(self, area: str) -> tuple[Entry, ...]:
        if area == M365:
            workloads = self.random.sample(
                ["microsoft-teams", "intune", "exchange-online"], self.random.randint(1, 2)
            )
            return tuple(Entry(product=workload) for workload in workloads)
        choices = [
            Entry(product="dynamics-365-sales", subscription_id=str(self.world.s_a.guid)),
            Entry(product="dynamics-365-sales", subscription_id=str(self.world.s_b.guid)),
            Entry(product="dynamics-365-marketing"),
        ]
        return tuple(self.random.sample(choices, self.random.randint(1, 2)))

    def file(self) -> None:
        filer = self._partner()
        area = self.random.choice([BA, M365])
        activities: tuple[str, ...] = ("usage",)
        if area == BA:
            activities = self.random.choice(
                [("usage",), ("presales",), ("presales", "usage"), ("revenue_association",)]
            )
        person = ContactInput(
            first_name="Chris", last_name="Customer", title="CIO", email="chris@contoso.com"
        )
        own = replace(person, email="pat@partner.example")
        organisation = next(code for code in MPNS if getattr(self.world, code).pk == filer.organisation_id)
        saved = create_draft(
            changes=DraftChanges(
                name="Roll-out",
                mpn_id=self.random.choice(MPNS[organisation]),
                tenant_guid=str(self.world.contoso.guid),
                domain="contoso",
                solution_area=area,
                activities=activities,
                items=self._entries(area),
                contacts={"customer": person, "partner": own, "technical": own},
                revenue_details=RevenueInput(seller_name="S", customer_name="C", solution_name="I"),
                acknowledged=True,
            ),
            actor=filer,
            now=self.now,
        )
        self._upload(saved.claim)
        submit_claim(
            public_id=str(saved.claim.public_id), actor=filer, now=self.now, confirmed_warnings=CONFIRMED
        )

    def _upload(self, claim: Claim) -> None:
        add_evidence(
            public_id=str(claim.public_id),
            stream=statement_of_work([f"Page {self.random.random()}"]),
            name="work.pdf",
            details=ProofDetails(
                kind=EvidenceKind.OTHER,
                signed_on=self.now.date() - timedelta(days=self.random.randint(0, 500)),
            ),
            actor=self._owner(claim),
            now=self.now,
        )

    def abandon_a_draft(self) -> None:
        create_draft(changes=DraftChanges(name="Later"), actor=self._partner(), now=self.now)

    def take_up(self) -> None:
        if claim := self._claim("submitted"):
            desk.start_review(public_id=str(claim.public_id), actor=self._desk(), now=self.now)

    def ask(self) -> None:
        if claim := self._claim():
            pending = [str(item.public_id) for item in claim.items.filter(outcome=ItemOutcome.PENDING)]
            chosen = self.random.sample(pending, self.random.randint(0, len(pending)))
            desk.request_information(
                public_id=str(claim.public_id),
                reason=RequestReason.OTHER,
                question="Which of the files covers the second product?",
                item_ids=chosen,
                actor=self._desk(),
                now=self.now,
            )

    def answer(self) -> None:
        asked = [claim for claim in Claim.objects.order_by("pk") if open_requests(claim).exists()]
        if asked:
            claim = self.random.choice(asked)
            answer_requests(
                public_id=str(claim.public_id),
                actor=self._owner(claim),
                now=self.now,
                comment="The first one.",
            )

    def decide(self) -> None:
        if claim := self._claim():
            items = list(claim.items.filter(outcome=ItemOutcome.PENDING))
            chosen = self.random.sample(items, self.random.randint(1, len(items)))
            decisions = [
                Decision(item_id=item.pk, approve=True)
                if self.random.random() < 0.7
                else Decision(
                    item_id=item.pk, approve=False, reason=DeclineReason.INSUFFICIENT_POE, text="Not signed."
                )
                for item in chosen
            ]
            desk.decide_items(
                public_id=str(claim.public_id), decisions=decisions, actor=self._desk(), now=self.now
            )

    def post_notice(self) -> None:
        if case := self._case():
            desk.post_notice(case_id=str(case.public_id), actor=self._desk(), now=self.now)

    def ask_parties(self) -> None:
        if case := self._case():
            parties = [party.pk for party in case.parties.filter(left_at=None)]
            desk.ask_parties(
                case_id=str(case.public_id),
                party_ids=self.random.sample(parties, self.random.randint(1, len(parties))),
                reason=RequestReason.OTHER,
                question="When did your work begin?",
                actor=self._desk(),
                now=self.now,
            )

    def decide_case(self) -> None:
        if case := self._case():
            organisations = sorted({party.organisation_id for party in case.parties.filter(left_at=None)})
            desk.decide_case(
                case_id=str(case.public_id),
                ruling=desk.Ruling(
                    winner_id=self.random.choice([None, *organisations]),
                    rationale="The newer signature.",
                    winner_text="Your proof was decisive.",
                    loser_text="Other proof was decisive.",
                    unheard_reason=self.random.choice([None, None, None, "The customer insists."]),
                ),
                actor=self._arbiter(),
                now=self.now,
            )

    def confirm_decision(self) -> None:
        if case := self._waiting_case():
            desk.confirm_decision(case_id=str(case.public_id), actor=self._arbiter(), now=self.now)

    def return_decision(self) -> None:
        if case := self._waiting_case():
            desk.return_decision(
                case_id=str(case.public_id), reason="Look again.", actor=self._arbiter(), now=self.now
            )

    def lift_block(self) -> None:
        if case := self._waiting_case() or self._case():
            desk.lift_block(
                case_id=str(case.public_id),
                person_id=self.random.choice([self.world.arb, self.world.arb2]).pk,
                reason="Nobody else is here.",
                actor=actor(desk_admin()),
                now=self.now,
            )

    def _waiting_case(self) -> Case | None:
        cases = list(Case.objects.filter(proposals__state="proposed").order_by("pk"))
        return self.random.choice(cases) if cases else None

    def _arbiter(self) -> Actor:
        return actor(self.random.choice([self.world.arb, self.world.arb2]))

    def withdraw(self) -> None:
        if claim := self._claim(*ClaimStatus.OPEN, "draft", "approved"):
            withdraw_claim(public_id=str(claim.public_id), actor=self._owner(claim), now=self.now)

    def change_items(self) -> None:
        if claim := self._claim("partner_action_required"):
            pending = [str(item.public_id) for item in claim.items.filter(outcome=ItemOutcome.PENDING)]
            change_items(
                public_id=str(claim.public_id),
                remove=self.random.sample(pending, self.random.randint(0, len(pending))),
                add=self.random.choice([(), self._entries(claim.solution_area)]),
                confirmed_warnings=CONFIRMED,
                actor=self._owner(claim),
                now=self.now,
            )

    def edit_contacts(self) -> None:
        if claim := self._claim():
            person = ContactInput(first_name="Kim", last_name="New", title="CTO", email="kim@contoso.com")
            save_claim(
                public_id=str(claim.public_id),
                changes=DraftChanges(contacts={"customer": person}),
                actor=self._owner(claim),
                now=self.now,
            )

    def comment(self) -> None:
        if claim := self._claim(*ClaimStatus):
            who = self._owner(claim) if self.random.random() < 0.5 else self._desk()
            add_comment(public_id=str(claim.public_id), text="Noted.", actor=who, now=self.now)

    def add_proof(self) -> None:
        if claim := self._claim(*ClaimStatus):
            self._upload(claim)

    def directory_moves(self) -> None:
        state = self.random.choice(["active", "active", "in_grace", "suspended", "expired"])
        told = self._import(self._subscription(), state, as_of=self.now)
        assert told.refused == 0, told.refusals

    def directory_repeats_itself(self) -> None:
        """Import a statement that is older than what is known, which changes nothing."""
        subscription = self._subscription()
        if subscription.said_at is not None:
            told = self._import(subscription, "expired", as_of=subscription.said_at - timedelta(days=1))
            after = Subscription.objects.get(pk=subscription.pk)
            assert (told.older, after.state) == (1, subscription.state)

    def _subscription(self) -> Subscription:
        return Subscription.objects.get(pk=self.random.choice([self.world.s_a, self.world.s_b]).pk)

    def _import(self, subscription: Subscription, state: str, *, as_of: datetime) -> ImportResult:
        row = {
            "subscription_id": str(subscription.guid),
            "tenant_id": str(self.world.contoso.guid),
            "products": ["dynamics-365-sales"],
            "channel": subscription.channel,
            "state": state,
            "provisioning": "success",
        }
        path = self.folder / "subscriptions.jsonl"
        path.write_text(json.dumps(row) + "\n", encoding="utf-8")
        kind = KINDS["subscriptions"]
        return import_file(path=path, kind=kind, as_of=as_of, dry_run=False, actor=SYSTEM, now=self.now)

    def go_on_with_a_draft(self) -> None:
        """Save a draft as two pages of the same moment do: the second is out of date and changes nothing."""
        if draft := self._claim("draft"):
            seen, name = draft.version, f"Later {self.random.random()}"
            for name_typed in (name, "overtaken"):
                try:
                    save_claim(
                        public_id=str(draft.public_id),
                        changes=DraftChanges(name=name_typed),
                        actor=self._owner(draft),
                        now=self.now,
                        version=seen,
                    )
                except StaleVersion:
                    assert name_typed == "overtaken"
            assert Claim.objects.get(pk=draft.pk).name == name

    def ask_for_an_exception(self) -> None:
        if claim := self._claim():
            ask_override(
                public_id=str(claim.public_id),
                text=self.random.choice(NAMING),
                reason="It wrote so itself.",
                actor=self._desk(),
                now=self.now,
            )

    def allow_a_text(self) -> None:
        waiting = list(TextOverride.objects.filter(confirmed_by=None).order_by("pk"))
        if waiting:
            override = self.random.choice(waiting)
            confirm_override(
                public_id=str(override.claim.public_id),
                override_id=override.pk,
                actor=self._desk(),
                now=self.now,
            )

    def send_a_text_with_a_name(self) -> None:
        """Send a text that names companies. It goes out only where it names no party, or was allowed."""
        if claim := self._claim():
            text = self.random.choice(NAMING)
            allowed = TextOverride.objects.filter(claim=claim, text=text, confirmed_by__isnull=False).exists()
            names = bool(passages_naming_parties(text, claim_id=claim.pk))
            before = claim.comments.filter(text=text).count()
            try:
                add_comment(public_id=str(claim.public_id), text=text, actor=self._desk(), now=self.now)
            finally:
                sent = claim.comments.filter(text=text).count() - before
                assert sent == int(allowed or not names), (text, claim.pk, allowed, names)

    def open_proof(self) -> None:
        if claim := self._claim(*ClaimStatus):
            reader = self._owner(claim) if self.random.random() < 0.5 else self._desk()
            files = list(claim.evidence.order_by("pk"))
            if files:
                file = self.random.choice(files)
                open_evidence(
                    public_id=claim.public_id,
                    evidence_id=file.public_id,
                    reads=True,
                    actor=reader,
                    now=self.now,
                ).file.close()

    def extend_a_deadline(self) -> None:
        clocks = list(Clock.objects.filter(state__in=ClockState.open_states()).order_by("pk"))
        if clocks:
            desk.extend_deadline(
                clock_id=self.random.choice(clocks).pk,
                days=self.random.randint(1, 5),
                reason="A strike",
                actor=SYSTEM,
                now=self.now,
            )

    def publish_a_calendar(self) -> None:
        """Publish one day of our own, and count a clock on the newest version."""
        day = self.now.date() + timedelta(days=self.random.randint(0, 40))
        version = publish_calendar(own_holidays={day: "A day of our own"}, actor=SYSTEM, now=self.now)
        clocks = list(Clock.objects.filter(state__in=ClockState.open_states()).order_by("pk"))
        if clocks:
            desk.recount_deadline(
                clock_id=self.random.choice(clocks).pk, calendar_version=version, actor=SYSTEM, now=self.now
            )

    def note(self) -> None:
        if claim := self._claim(*ClaimStatus):
            desk.add_note(
                public_id=str(claim.public_id), text="Northwind called.", actor=self._desk(), now=self.now
            )

    def preview(self) -> None:
        """Look at what the parties would receive, which decides nothing."""
        if case := self._case():
            recorded = Event.objects.count()
            try:
                desk.preview_decision(
                    case_id=str(case.public_id),
                    ruling=desk.Ruling(
                        winner_id=None, rationale="-", winner_text="-", loser_text="Not shown."
                    ),
                    actor=self._arbiter(),
                    now=self.now,
                )
            finally:
                assert Event.objects.count() == recorded

    def time_passes(self) -> None:
        self.now += timedelta(hours=self.random.choice([1, 5, 20, 24, 72, 200]))

    def sweep(self) -> None:
        report = sweep(now=self.now)
        assert not report.failed
