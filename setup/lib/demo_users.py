"""Who can log in to the demo. The password is the login: the server listens on loopback alone."""

from __future__ import annotations

# Who of them is made here and who by the demo files of the workflow addon, and what each does.
KINDS = {
    "system": "administrator",
    "accountant": "issues invoices",
    "portal": "customer, in the portal",
    "reviewer": "revises and treats supplier bills",
    "supervisor": "approves supplier bills",
    "manager": "maintains the criteria of supplier bills",
}
OF_THE_WORKFLOW = ("reviewer", "supervisor", "manager")
# login, name, kind, e-mail
USERS = (
    ("admin", "Administrador", "system", "admin@openpce-demo.example"),
    ("contador", "Contadora de la demostración", "accountant", "contador@openpce-demo.example"),
    ("cliente", "Compras de la Comercializadora", "portal", "cliente@inventada.example"),
    ("revisora", "Olga Operaciones", "reviewer", "revisora@openpce-demo.example"),
    ("aduanas", "César Aduanas", "reviewer", "aduanas@openpce-demo.example"),
    ("supervisora", "Helena Jefatura", "supervisor", "supervisora@openpce-demo.example"),
    ("finanzas", "Félix Finanzas", "supervisor", "finanzas@openpce-demo.example"),
    ("gestora", "Gloria Gestora", "manager", "gestora@openpce-demo.example"),
)
