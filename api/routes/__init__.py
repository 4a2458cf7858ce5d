"""The addresses of the service; each endpoint asks the layers below and hands the answer on."""
