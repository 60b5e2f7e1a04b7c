"""The parts of a draft as a list of tasks: what is done, what is wrong, what has to wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims.areas import area_label, area_of, contacts_of
from claims.inputs import CONTACT_FIELDS, revenue_input
from claims.models import Claim
from portal import steps
from portal.presentation.notices import Notice
from portal.steps import FilingStep
from wording.items import activity_labels, entry_labels

DONE = ("done", "good", _("Complete"))
WRONG = ("todo", "bad", _("Needs correction"))
BEGUN = ("todo", "attention", _("Incomplete"))
EMPTY = ("", "quiet", _("Not started"))
BLOCKED = ("", "quiet", _("Cannot start yet"))


@dataclass(frozen=True, kw_only=True)
class Task:
    """One part: where it stands, what was entered so far, and what it waits for."""

    step: FilingStep
    address: str
    mark: str
    tone: str
    label: str | Promise
    values: tuple[str, ...]
    waits_for: str | Promise = ""

    @property
    def is_done(self) -> bool:
        return self.mark == DONE[0]


def tasks_of(
    claim: Claim, notices: Sequence[Notice], *, names: Mapping[str, str], files: Sequence[str]
) -> list[Task]:
    """Return the parts of the draft in order; `files` are the names of its proof."""
    entered = _entered(claim, names, files)
    tasks = [_task(claim, step, *entered[step], notices) for step in steps.steps_of(claim)[:-1]]
    ready = all(task.is_done for task in tasks)
    mark, tone, _label = EMPTY
    last = Task(
        step=steps.CHECK,
        address=steps.CHECK.address(claim.public_id),
        mark=mark,
        tone="info" if ready else tone,
        label=_("Ready to check") if ready else _("Not ready yet"),
        values=(),
    )
    return [*tasks, last]


def _task(
    claim: Claim, step: FilingStep, values: tuple[str, ...], is_filled: bool, notices: Sequence[Notice]
) -> Task:
    blocked = step is steps.PRODUCTS and area_of(claim.solution_area) is None
    wrong = any(notice.is_error and step.owns(notice.pointer) for notice in notices)
    if blocked:
        state = BLOCKED
    elif not values:
        state = EMPTY
    elif wrong:
        state = WRONG
    else:
        state = DONE if is_filled else BEGUN
    return Task(
        step=step,
        address="" if blocked else step.address(claim.public_id),
        mark=state[0],
        tone=state[1],
        label=state[2],
        values=values,
        waits_for=_("Choose the solution area first, under Activity.") if blocked else "",
    )


def _entered(
    claim: Claim, names: Mapping[str, str], files: Sequence[str]
) -> dict[FilingStep, tuple[tuple[str, ...], bool]]:
    """Return, for each part, what was entered in readable form, and whether it is complete."""
    revenue = vars(revenue_input(claim)).values()
    people, complete = _people(claim)
    return {
        steps.CUSTOMER: (
            _given(claim.domain, claim.tenant_guid),
            bool(claim.domain and claim.tenant_guid),
        ),
        steps.ACTIVITY: (
            _given(area_label(claim.solution_area), ", ".join(activity_labels(claim.activities))),
            bool(claim.solution_area and claim.activities),
        ),
        steps.REVENUE: (_given(*revenue), all(revenue)),
        steps.PRODUCTS: (tuple(entry_labels(claim, names)), bool(claim.entries)),
        steps.LOCATION: (_given(claim.mpn_id), bool(claim.mpn_id)),
        steps.CONTACTS: (people, complete),
        steps.PROOF: (tuple(files), bool(files)),
    }


def _given(*texts: str) -> tuple[str, ...]:
    return tuple(text for text in texts if text)


def _people(claim: Claim) -> tuple[tuple[str, ...], bool]:
    contacts = {contact.kind: contact for contact in claim.contacts.all()}
    wanted = contacts_of(claim.solution_area)
    required = [name for name, asked in CONTACT_FIELDS.items() if not asked.optional]
    complete = all(
        kind in contacts and all(getattr(contacts[kind], name).strip() for name in required)
        for kind in wanted
    )
    named = tuple(contacts[kind].full_name or contacts[kind].email for kind in wanted if kind in contacts)
    return _given(*named), complete
