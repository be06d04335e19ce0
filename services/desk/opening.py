"""Opening a desk: whose key this is, which journal goes with it, and whether it may buy."""

from typing import Final

from msgspec.structs import replace

from services.desk.account import Account
from services.desk.book_publisher import BookPublisher
from services.domain.errors import (
    NOT_OPEN,
    AuthFailed,
    ConfigError,
    DeskError,
    Failure,
    JournalFailed,
    Refused,
)
from services.domain.models import KeyInfo
from services.domain.phrase import EMPTY, Phrase, phrase, phrase_of, plain, quoted
from services.domain.secrets import Secret
from services.local_files.key_identity import KeyIdentities, KeyIdentity
from services.settings.load import Settings
from services.system.clock import Clock
from services.system.paths import Paths
from services.vendor.client import VendorClient
from services.vendor.rate_limit import PER_MINUTE

SETTLING = plain("Purchases of before are being settled first")
"""Why nothing can be bought while what an earlier console left is asked about."""


class Opening:
    """Holds what has been found out about the key, and the account once it is open.

    Args:
        settings: the chosen profile.
        paths: where the journal lies.
        keeper: the book that says whether buying is allowed.
        operator: who works here.
        read_only: refuse to buy whatever the key may do.
    """

    def __init__(
        self,
        settings: Settings,
        key: Secret,
        paths: Paths,
        client: VendorClient,
        keeper: BookPublisher,
        clock: Clock,
        operator: str,
        read_only: bool,
    ) -> None:
        self._settings: Final = settings
        self._paths: Final = paths
        self._client: Final = client
        self._keeper: Final = keeper
        self._clock: Final = clock
        self._operator: Final = operator
        self._read_only: Final = read_only or settings.profile.read_only
        self._key: Final = key
        self._identities: Final = KeyIdentities(
            paths.state_dir / "keys", key, settings.profile.base_url
        )
        self._validated: KeyInfo | None = None
        self._account: Account | None = None
        self._leaving = False
        self._open_failure: Phrase = EMPTY

    @property
    def account(self) -> Account | None:
        """The account, once its journal is open."""
        return self._account

    def opened(self) -> Account:
        """Return the account; raises JournalFailed while its journal is not open."""
        if self._account is None:
            raise JournalFailed(
                phrase("The account is not open yet: {why}", why=self._open_failure)
                if self._open_failure
                else "The account is not open yet",
                advice="Its key has to be checked first; r tries again.",
                code=NOT_OPEN,
            )
        return self._account

    async def remembered(self) -> None:
        """Open the journal of the account that this key had last time, without the network.

        Raises:
            JournalFailed: it cannot be opened, or its place is not safe; the book says so.
        """
        self._check_keys()
        identity = self._identities.load()
        if identity is not None and identity.environment == self._environment:
            await self._open(identity)

    async def confirmed(self) -> KeyInfo:
        """Ask the vendor about the key and open the journal of its account.

        Raises:
            AuthFailed: the key or address is rejected, or the key is disabled.
            ConfigError: the key is for the other environment or for another account than before.
            DeskError: the vendor could not be asked, or the journal not be opened.
        """
        self._check_keys()
        try:
            info = await self._client.validate()
        except DeskError as error:
            self._open_failure = error.failure.message
            raise
        self._open_failure = EMPTY
        if not info.enabled:
            raise AuthFailed("The vendor says that this key is disabled", code="API_DISABLED")
        if info.environment != self._environment:
            raise ConfigError(
                f"The key is for {info.environment}, but the profile says {self._environment}",
                advice="Nothing was sent. Use the key of that environment, or correct the profile.",
                code="WRONG_ENVIRONMENT",
            )
        self._validated = info
        before = self._keeper.book.info
        seen = replace(before, username=info.username, scope=info.scope, validated=True)
        why = EMPTY if before.can_buy else SETTLING
        self._keeper.publish(info=replace(seen, why_not=why, why_not_cause=why))
        await self._open(self._identities.save(info))
        return info

    def judge(self) -> None:
        """Work out whether buying is allowed now, and put the reason into the book if not."""
        if self._leaving:
            self.refuse("The desk is closing")
        elif self._read_only:
            self.refuse("This desk is read-only")
        elif self._validated is None:
            self.refuse("The key has not been checked yet")
        elif not self._validated.can_buy:
            self.refuse("The key is READ-ONLY")
        elif self._account is None:
            self.refuse("The journal is not open")
        elif reason := self._account.journal.read_only:
            # A damaged row is named with its amounts, which privacy mode hides.
            self.refuse(quoted(reason))
        else:
            self._account.permit_buying()
            self.refuse("")

    def refuse(self, reason: str | Phrase | Failure) -> None:
        """Say why buying is not allowed now; an empty reason allows it."""
        failed = isinstance(reason, Failure)
        why = reason.sentence() if failed else phrase_of(reason)
        info = replace(
            self._keeper.book.info,
            can_buy=not why,
            why_not=why,
            why_not_cause=reason.cause if failed else why,
            read_only=self._read_only,
        )
        if info != self._keeper.book.info:
            self._keeper.publish(info=info)

    def may_buy(self) -> Account:
        """Return the account if buying is allowed now; raises Refused."""
        info = self._keeper.book.info
        if not info.can_buy:
            raise Refused(info.why_not, code="BUYING_OFF")
        return self.opened()

    def leave(self) -> None:
        """Allow no more purchases."""
        self._leaving = True
        self.judge()

    @property
    def _environment(self) -> str:
        return self._settings.profile.environment.upper()

    def _check_keys(self) -> None:
        try:
            self._identities.check()
        except JournalFailed as error:
            self.refuse(error.failure)
            raise

    async def _open(self, identity: KeyIdentity) -> None:
        if self._account is not None:
            if self._account.identity.account == identity.account:
                return
            raise ConfigError(
                "The key now belongs to another account",
                advice="Nothing was sent. Leave and start again.",
                code="OTHER_ACCOUNT",
            )
        try:
            self._account = await Account.open(
                self._settings,
                identity,
                self._client,
                self._paths,
                self._keeper,
                self._clock,
                self._operator,
            )
        except JournalFailed as error:
            self.refuse(error.failure)
            raise
        if self._settings.profile.journal:
            self._share_requests(self._account)
        known = self._keeper.book.info
        self._keeper.publish(info=replace(known, operator=self._account.journal.operator))
        if (catalog := self._keeper.book.catalog) is not None:
            self._account.board.rows.learn(catalog=catalog)
            self._account.board.publish()

    def _share_requests(self, account: Account) -> None:
        """Let the hosts that share the journal share the requests of a minute, too."""
        # Here for speed: a journal on this host needs none of it.
        from services.desk.team.request_share import RequestShare

        own = self._settings.net.max_requests_per_minute
        most = max(own, PER_MINUTE[self._settings.profile.environment])
        name = self._key.fingerprint()
        self._client.share(RequestShare(account.journal, name, self._clock, most))
