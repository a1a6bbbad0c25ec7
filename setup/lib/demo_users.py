"""Who can log in to the demo. The password is the login: the server listens on loopback alone."""

from __future__ import annotations

# login, name, kind, e-mail
USERS = (
    ("admin", "Administrador", "system", "admin@openpce-demo.example"),
    ("contador", "Contadora de la demostración", "accountant", "contador@openpce-demo.example"),
    ("cliente", "Compras de la Comercializadora", "portal", "cliente@inventada.example"),
)
