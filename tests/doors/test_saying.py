"""The reader of pages, on which this package's tests depend, finds exactly the shown findings and their places."""

from django.http import HttpResponse

from tests.doors.saying import codes_on, says

PAGE = HttpResponse(
    """
    <div class="summary"><ul>
      <li><a href="#id_domain">We do not know it.</a> <span class="code soft">DOMAIN_TENANT_MISMATCH</span></li>
      <li>Another one. <code>MPN_FORMAT</code></li>
    </ul></div>
    <div id="id_domain_error"><p><span class="message">We do not know it.</span>
      <span class="code">DOMAIN_TENANT_MISMATCH</span></p></div>
    <p data-code="ACTIVITY_CHECK">You drive   the use.<br>Daily.</p>
    <p class="code">34828c05-c16c-4d6f-9cfc-4d2650ef19a1</p>
    """
)


def test_a_code_is_found_only_with_its_own_sentence() -> None:
    assert codes_on(PAGE) == {"DOMAIN_TENANT_MISMATCH", "MPN_FORMAT", "ACTIVITY_CHECK"}
    assert says(PAGE, "MPN_FORMAT", "Another one.")
    assert not says(PAGE, "MPN_FORMAT", "We do not know it.")
    assert says(PAGE, "ACTIVITY_CHECK", "You drive the use. Daily.")


def test_a_code_next_to_a_field_is_not_found_elsewhere() -> None:
    assert says(PAGE, "DOMAIN_TENANT_MISMATCH", "We do not know it.", beside="domain")
    assert not says(PAGE, "MPN_FORMAT", "Another one.", beside="domain")
    assert not says(PAGE, "DOMAIN_TENANT_MISMATCH", "We do not know it.", beside="mpn_id")
