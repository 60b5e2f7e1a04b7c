"""Taking in partner organisations, locations and enrolments from files: what each kind of file holds."""
