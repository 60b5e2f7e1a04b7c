"""The users of the demo; every password is `demo`."""

from datetime import datetime

from django.contrib.auth.hashers import make_password

from foundation.kernel.actor import SYSTEM, Channel, DeskRole, PartnerRole
from partners.models import Location, Organisation, User
from partners.services import AccountInput, add_member, create_account, give_seat

PASSWORD = "demo"  # noqa: S105 (the demo's, refused in production)

MEMBERS = (
    ("ana", "Ana", "Alves", "fabrikam", PartnerRole.INCENTIVES_ADMIN),
    ("uma", "Uma", "Unger", "fabrikam", PartnerRole.INCENTIVES_USER),
    ("gil", "Gil", "Garcia", "fabrikam", PartnerRole.GLOBAL_ADMIN),
    ("bea", "Bea", "Berg", "fabrikam", PartnerRole.BILLING_ADMIN),
    ("dan", "Dan", "Dorn", "fabrikam", PartnerRole.DEFAULT_USER),
    ("fre", "Fre", "Faure", "fabrikam", PartnerRole.INCENTIVES_ADMIN),
    ("ned", "Ned", "Nolan", "northwind", PartnerRole.INCENTIVES_ADMIN),
    ("tom", "Tom", "Toth", "tailspin", PartnerRole.INCENTIVES_ADMIN),
)
DESK = (
    ("rev1", "Rita", "Reed", DeskRole.REVIEWER),
    ("rev2", "Remy", "Rossi", DeskRole.REVIEWER),
    ("arb", "Arne", "Abel", DeskRole.ARBITER),
    ("arb2", "Aila", "Aho", DeskRole.ARBITER),
    ("sup", "Suna", "Stone", DeskRole.SUPPORT),
)
BOUNDED_TO = {"fre": "4391508"}
USER_NAMES = frozenset(name for name, *_rest in (*MEMBERS, *DESK))


def create_people(*, now: datetime) -> dict[str, User]:
    """Create members and desk users and return them by user name. Their organisations and locations must exist."""
    actor, password = SYSTEM.through(Channel.COMMAND), make_password(PASSWORD)
    people = {}
    for name, first, last, code, role in MEMBERS:
        account = AccountInput(
            username=name, first_name=first, last_name=last, email=f"{name}@{code}.example"
        )
        user = create_account(account=account, encoded_password=password, actor=actor, now=now)
        bounds = Location.objects.filter(mpn_id=BOUNDED_TO.get(name))
        add_member(
            user_id=user.pk,
            organisation_id=Organisation.objects.get(code=code).pk,
            roles=[role],
            location_ids=[location.pk for location in bounds],
            actor=actor,
            now=now,
        )
        people[name] = user
    for name, first, last, seat in DESK:
        account = AccountInput(
            username=name,
            first_name=first,
            last_name=last,
            email=f"{name}@desk.example",
            is_staff=True,
        )
        user = create_account(account=account, encoded_password=password, actor=actor, now=now)
        give_seat(user_id=user.pk, role=seat, actor=actor, now=now)
        people[name] = user
    return people
