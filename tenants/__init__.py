"""The customers' side: tenants, domains, products and subscriptions, as the directory last reported them."""
