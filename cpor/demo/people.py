"""The users of the demo; every password is `demo`."""

from django.contrib.auth.hashers import make_password

from foundation.kernel.actor import DeskRole, PartnerRole
from partners.models import DeskSeat, Location, Member, MemberRole, Organisation, User

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


def create_people() -> dict[str, User]:
    """Create members and desk users and return them by user name. Their organisations and locations must exist."""
    password = make_password(PASSWORD)
    people = {}
    for name, first, last, code, role in MEMBERS:
        user = User.objects.create(
            username=name, first_name=first, last_name=last, email=f"{name}@{code}.example", password=password
        )
        member = Member.objects.create(user=user, organisation=Organisation.objects.get(code=code))
        MemberRole.objects.create(member=member, role=role)
        if name in BOUNDED_TO:
            member.locations.add(Location.objects.get(mpn_id=BOUNDED_TO[name]))
        people[name] = user
    for name, first, last, seat in DESK:
        user = User.objects.create(
            username=name,
            first_name=first,
            last_name=last,
            email=f"{name}@desk.example",
            password=password,
            is_staff=True,
        )
        DeskSeat.objects.create(user=user, role=seat)
        people[name] = user
    return people
