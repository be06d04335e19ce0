"""What people call an action or a setting who do not know its name, in English and in French."""

from collections.abc import Mapping
from typing import Final

OTHER_NAMES: Final[Mapping[str, str]] = {
    "pane.catalogue": "products shop articles produits",
    "pane.stock": "prices denominations prix tarifs valeurs",
    "pane.orders": "board commandes ventes",
    "pane.ledger": "transactions movements statement releve mouvements",
    "pane.log": "events messages history historique",
    "zoom": "full screen maximise plein ecran agrandir",
    "open": "enter details ouvrir",
    "order": "purchase sell new acheter vendre achat vente commander",
    "filter": "search narrow chercher rechercher filtrer",
    "sort": "trier ordonner classer",
    "sort.reverse": "descending ascending inverser",
    "pin": "favourite star bookmark top favori epingler",
    "export": "csv json save download spreadsheet excel exporter enregistrer",
    "refresh": "reload update sync recharger actualiser rafraichir",
    "reveal": "code show see voir montrer afficher",
    "reveal_all": "codes show see voir montrer afficher",
    "copy": "clipboard osc52 copier",
    "hand": "print send sms receipt customer imprimer envoyer recu ticket client",
    "given": "delivered done handed remis donne livre",
    "note": "comment reference remark remarque commentaire",
    "story": "details trace timeline support histoire",
    "settle.look": "retry again verifier",
    "settle.this": "bind mine celle-ci",
    "settle.none": "reject aucune",
    "settle.claim": "mine reclamer",
    "settle.acknowledge": "dismiss ok vu",
    "settle.again": "retry racheter",
    "money": "balance wallet spent spending credit runway solde argent credit depenses",
    "handed": "receipts texts fichiers",
    "unresolved": "unknown timeout pending doubt ambigu inconnu doute",
    "find": "search lookup look up support chercher rechercher retrouver",
    "undelivered": "to deliver pending a remettre",
    "privacy": "hide secret prices confidentialite cacher masquer",
    "lock": "screen saver afk pause verrouiller",
    "lock.pin": "password passcode mot de passe",
    "help": "keys shortcuts manual aide raccourcis",
    "redraw": "repaint clear glitch garbage redessiner",
    "back": "close cancel retour fermer annuler",
    "quit": "exit close logout bye quitter sortir fermer",
    "leave": "exit kill quitter sortir",
    ":goto": "jump aller",
    ":find": "search serial chercher",
    ":slow": "lag bandwidth ssh lent",
    "debug": "lag statistics bytes",
    "=theme": "dark light colours colors contrast sombre clair couleurs",
    "=keyboard": "azerty qwerty arabic layout clavier",
    "=reveal_seconds": "hide timeout",
    "=lock_minutes": "idle timeout verrou",
    "=low_balance": "warning alert threshold alerte seuil",
    "=markup_percent": "margin profit retail marge benefice",
    "=customer_language": "receipt french arabic langue",
    "=tell": "bell notify notification sound alert cloche sonnerie",
    "=tell_of": "notify notification",
    "=ascii": "unicode font boxes symbols police",
    "=slow_line": "lag bandwidth ssh lent",
}
"""By the id of the palette's line. Looked in only where no title has what was typed."""


def other_names(id: str) -> str:
    """Return the other names of a line of the palette, by its id; empty when it has none."""
    return OTHER_NAMES.get(id, "")
