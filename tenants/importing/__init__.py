"""Taking in the customer directory from files: what each kind holds, and the service that imports one."""
