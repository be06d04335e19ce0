"""What each command's help shows at its end: lines to copy, each with what it is good for."""

EXAMPLES: dict[str, tuple[tuple[str, str], ...]] = {
    "": (
        ("carddesk", "the console; asks a few questions the first time"),
        ("carddesk --sandbox", "practise on the embedded vendor: no key, no money"),
        ("carddesk --profile shop --read-only", "look, but never buy"),
        ("carddesk buy --help", "the options of one command"),
    ),
    "catalog": (
        ("carddesk catalog netflix", "products with that word, and their ids"),
        ("carddesk catalog --refresh --json", "all of them, asked of the vendor now"),
    ),
    "stock": (("carddesk stock 6b0593167902699be4000002", "types, prices and stock of a product"),),
    "balance": (("carddesk balance --json", "for a script: the money is a string"),),
    "transactions": (
        ("carddesk transactions", "today's movements and what they were for"),
        ("carddesk transactions --from 2026-11-01 --to 2026-11-08", "a week"),
    ),
    "ledger": (("carddesk ledger --from 2026-11-01 --to 2026-11-08", "as transactions"),),
    "buy": (
        ("carddesk buy PRODUCT_ID TYPE_ID 2", "check and quote; nothing is bought"),
        ("carddesk buy PRODUCT_ID TYPE_ID 2 --wait --reveal --yes", "buy, wait, print the cards"),
        (
            "carddesk buy PRODUCT_ID TYPE_ID 2 --idempotency-key sale-1007 --max-total 5000 --yes",
            "for a script: run twice, it buys once",
        ),
        ("carddesk buy --from restock.csv", "check every row of a file; nothing is bought"),
        (
            "carddesk buy --from restock.csv --yes --wait 300 --results done.csv",
            "buy what is missing of it; the same line again buys nothing twice",
        ),
    ),
    "sale": (
        (
            "carddesk sale --line PRODUCT_ID:TYPE_ID:2 --line PRODUCT_ID:TYPE_ID:1",
            "check both lines and add them up; nothing is bought",
        ),
        (
            "carddesk sale --line PRODUCT_ID:TYPE_ID:2 --customer karim --received 8000 --yes",
            "buy, and say what to give back",
        ),
        ("carddesk sale list --open", "sales that are not closed"),
        ("carddesk sale resume SALE --yes", "buy what is missing of one, and nothing twice"),
    ),
    "orders": (
        ("carddesk orders --open", "what is still being made"),
        ("carddesk orders --unresolved", "purchases without an answer"),
        ("carddesk orders --unclaimed", "what is on the account and was not bought here"),
        ("carddesk orders --undelivered", "cards that came and are not handed over"),
        ("carddesk orders --from 2026-11-23 --json", "since a day, for a program"),
    ),
    "order": (
        ("carddesk order 6b0593167902699be4000002", "one order by its id"),
        ("carddesk order sale-1007 --reveal", "by its key, with the cards; this is recorded"),
        ("carddesk order sale-1007 --story", "all that happened to it"),
    ),
    "find": (
        ("carddesk find yacine", "by a word of the note"),
        ("carddesk find ...00002a", "by the end of the order id, as the board shows it"),
        ("carddesk find 24/11 14:05 netflix", "a day, the hour around a time, and words"),
        ("carddesk find --serial - --days 30", "by a card's serial, typed hidden or from a pipe"),
    ),
    "resolve": (
        ("carddesk resolve", "check now what is unresolved; exits 4 while something is left"),
        ("carddesk resolve --claim PURCHASE_ID ORDER_ID", "that order is this purchase"),
        ("carddesk resolve --none PURCHASE_ID", "none of the orders offered is this purchase"),
    ),
    "note": (('carddesk note PURCHASE_ID "for Yacine"', "to find it later"),),
    "delivered": (
        ("carddesk delivered 6b0593167902699be4000002", "handed over to the customer, now, by you"),
        ("carddesk delivered sale-1007 --undo", "not handed over after all; the log keeps both"),
    ),
    "acknowledge": (("carddesk acknowledge PURCHASE_ID", "mark as seen; it leaves the list"),),
    "money": (("carddesk money", "spent today and this week, and how long the balance lasts"),),
    "case": (
        ("carddesk case", "cards that do not work, and for how long"),
        ("carddesk case open sale-1007 2 --reason used --due +3", "the second card of an order"),
        ("carddesk case show 3 --text", "what to send to the vendor; never the code"),
        ("carddesk case note 3 --ticket 4711", "the number that the vendor gave it"),
        ("carddesk case close 3 replaced 6b0593167902699be4000002", "how it ended"),
    ),
    "shift": (
        ("carddesk shift", "what was sold since the last closing, and whether the account agrees"),
        ("carddesk shift close --yes", "end of the day: keep the figures, begin a new shift"),
        ("carddesk shift show 12 --csv", "a closed shift, for a spreadsheet"),
    ),
    "prices": (
        ("carddesk prices", "your shop's prices, and what they are made of"),
        ("carddesk prices init", "write a first prices.toml, all of it comments"),
        ("carddesk prices check", "what is wrong in it, line by line; exits 2 if anything is"),
        ("carddesk prices history PRODUCT_ID", "what it cost in the last 30 days, as it was seen"),
        ("carddesk prices history --from 2026-11-01", "of everything, since a day"),
    ),
    "export": (
        ("carddesk export orders --output orders.csv", "the orders, without codes"),
        ("carddesk export orders --excel", "a workbook, for a spreadsheet"),
        ("carddesk export ledger --json --output -", "today's ledger, to stdout"),
    ),
    "handed": (
        ("carddesk handed", "the files with cards that are still on this disk"),
        ("carddesk handed delete --all", "the customers have them: delete every one"),
    ),
    "lock-pin": (
        ("carddesk lock-pin set", "type a PIN twice, not shown; a locked console asks for it"),
        ("carddesk lock-pin clear", "it was forgotten; this is recorded"),
    ),
    "audit": (
        ("carddesk audit --from 2026-11-23", "who did what since then"),
        ("carddesk audit --verify", "is the log whole? prints its head, to be kept elsewhere"),
    ),
    "journal": (
        ("carddesk journal", "where it is, and who has it open"),
        ("carddesk journal init", "make it on the team's server, with the roles of its logins"),
        ("carddesk journal move --to-server", "what is in the file here goes on at the server"),
        ("carddesk journal check", "check the journal against its events; exits 2 if they differ"),
    ),
    "limits": (
        ("carddesk limits", "what may be spent, by the journal and by this host's settings"),
        ("carddesk limits set --max-day 200000", "all together, whichever host they buy on"),
        ("carddesk limits set --operator amina --max-day 50000", "one operator; 0 takes it back"),
        (
            "carddesk limits set --approve-above 50000 --approver karim",
            "above it another person approves: the owner, or karim",
        ),
    ),
    "events": (
        ("carddesk events --follow", "orders, balance and alerts as they happen, until ctrl+c"),
        ("carddesk events --follow > today.jsonl", "kept in a file, a line of JSON each"),
    ),
    "watch": (
        ("carddesk watch", "what is watched, with ids"),
        ("carddesk watch add PRODUCT_ID TYPE_ID --back --below 10", "back in stock, fewer than 10"),
        ("carddesk watch add PRODUCT_ID --percent 3", "the cost of any of its values moves"),
        ("carddesk watch remove PRODUCT_ID TYPE_ID", "stop watching it"),
    ),
    "tell": (
        ("carddesk tell --test", "a trial event for the program of ui.tell_command"),
        ("carddesk tell --test --json", "with what it was given, for a program"),
    ),
    "sandbox": (
        ("carddesk sandbox --port 8080", "a vendor to practise and test against"),
        ("carddesk sandbox --fault reset@placeOrder:after*2", "two answers that never arrive"),
        ("carddesk sandbox --charge --speed 60", "orders cost its money, prices move each 10 s"),
        ("carddesk sandbox --fault shape:no-price", "half-good answers; --shapes lists them"),
    ),
    "doctor": (("carddesk doctor", "when something is odd, and before the first sale"),),
    "config": (
        ("carddesk config show", "every setting, its value, and where that came from"),
        ("carddesk config init", "write a first settings file, asking at the terminal"),
    ),
    "completion": (
        ('eval "$(carddesk completion bash)"', "in ~/.bashrc"),
        ("carddesk completion fish > ~/.config/fish/completions/carddesk.fish", "for fish"),
    ),
}
"""By command, carddesk itself with an empty name: a line, and what it is good for."""


def epilog(name: str) -> str:
    """Return the examples of a command as the end of its help; empty where there are none."""
    rows = EXAMPLES.get(name, ())
    return "\n".join(
        ["examples:", *(f"  {line}\n      {what}" for line, what in rows)] if rows else []
    )
