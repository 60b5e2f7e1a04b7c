"""The desk's door: the queue, a claim, a case. Every button makes one service call; nothing else here is editable."""

from arbitration.admin.cases import CaseAdmin
from arbitration.admin.claims import ClaimAdmin
from arbitration.admin.journal import DeliveryAdmin, EventAdmin

__all__ = ["CaseAdmin", "ClaimAdmin", "DeliveryAdmin", "EventAdmin"]
