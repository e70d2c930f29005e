"""The API for programs: what a token's owner may see and do on the day of the request, less the token's scopes.

`doors` says who comes in, `schemas` what is sent and answered, `routes` what can be asked; openapi.json describes all of it.
"""
