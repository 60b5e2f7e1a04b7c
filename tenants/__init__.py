"""Their side: customers' tenants, domains, products and subscriptions, as the directory last reported them."""
