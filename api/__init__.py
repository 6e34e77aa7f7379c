"""The service: a REST API of users and their items."""
