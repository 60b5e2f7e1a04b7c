"""The users of the demo; every password is `demo`."""

from django.contrib.auth.hashers import make_password

from partners.enums import DeskRoleName, MemberRoleName
from partners.models import DeskSeat, Location, Member, MemberRole, Organisation, User

PASSWORD = "demo"  # noqa: S105 (the demo's, refused in production)

MEMBERS = (
    ("ana", "Ana", "Alves", "fabrikam", MemberRoleName.INCENTIVES_ADMIN),
    ("uma", "Uma", "Unger", "fabrikam", MemberRoleName.INCENTIVES_USER),
    ("gil", "Gil", "Garcia", "fabrikam", MemberRoleName.GLOBAL_ADMIN),
    ("bea", "Bea", "Berg", "fabrikam", MemberRoleName.BILLING_ADMIN),
    ("dan", "Dan", "Dorn", "fabrikam", MemberRoleName.DEFAULT_USER),
    ("fre", "Fre", "Faure", "fabrikam", MemberRoleName.INCENTIVES_ADMIN),
    ("ned", "Ned", "Nolan", "northwind", MemberRoleName.INCENTIVES_ADMIN),
    ("tom", "Tom", "Toth", "tailspin", MemberRoleName.INCENTIVES_ADMIN),
)
DESK = (
    ("rev1", "Rita", "Reed", DeskRoleName.REVIEWER),
    ("rev2", "Remy", "Rossi", DeskRoleName.REVIEWER),
    ("arb", "Arne", "Abel", DeskRoleName.ARBITER),
    ("arb2", "Aila", "Aho", DeskRoleName.ARBITER),
    ("sup", "Suna", "Stone", DeskRoleName.SUPPORT),
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
