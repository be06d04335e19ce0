"""What the three roles of a team may do, granted by the database whatever program they use."""

from typing import Final

OWNER, DESK, SUPPORT = "carddesk_owner", "carddesk_desk", "carddesk_support"
"""The roles that logins are members of."""

ALL: Final = (OWNER, DESK, SUPPORT)

SUPPORT_EVENTS: Final = (
    "note", "delivered", "undelivered", "reveal", "copy", "hand", "hand-delete", "print", "export",
    "not-exported", "not-printed", "case", "serial search", "pin-set", "pin-clear", "pin-wrong",
)  # fmt: skip
"""The kinds of events of a person who looks, and buys nothing."""

OWNERS_META: Final = ("application", "version", "moved_to")
"""What of the journal's own facts only its owner writes."""

_GRANTS: Final = """
REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {desk}, {support};
GRANT USAGE ON SCHEMA {schema} TO {desk}, {support};
GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {desk}, {support};
GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {desk};
REVOKE UPDATE, DELETE ON events FROM {desk};
REVOKE INSERT, UPDATE, DELETE ON limits FROM {desk};
REVOKE DELETE ON meta, purchases, orders, deliveries, shifts, cases, presences FROM {desk};
GRANT INSERT (name, operator, host, version, since, beat), UPDATE (beat) ON presences TO {support};
GRANT UPDATE (value) ON meta TO {support};
GRANT INSERT ON events TO {support};
GRANT UPDATE (note, updated_at, rev) ON purchases TO {support};
GRANT INSERT, DELETE ON note_words TO {support};
GRANT INSERT, UPDATE ON deliveries, cases TO {support};
GRANT INSERT, UPDATE, DELETE ON request_shares, rejected_keys TO {support};
ALTER TABLE meta ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS readers ON meta;
DROP POLICY IF EXISTS desks_add ON meta;
DROP POLICY IF EXISTS desks_change ON meta;
DROP POLICY IF EXISTS support_counts ON meta;
CREATE POLICY readers ON meta FOR SELECT USING (true);
CREATE POLICY desks_add ON meta FOR INSERT TO {desk} WITH CHECK (name NOT IN {owners});
CREATE POLICY desks_change ON meta FOR UPDATE TO {desk} USING (name NOT IN {owners});
CREATE POLICY support_counts ON meta FOR UPDATE TO {support} USING (name = 'rev');
CREATE OR REPLACE FUNCTION {schema}.may_approve(purchase TEXT) RETURNS BOOLEAN
LANGUAGE sql STABLE AS $$
    SELECT (pg_has_role(session_user, '{owner}', 'MEMBER') OR EXISTS (SELECT FROM {schema}.limits
            WHERE name = 'approver' AND operator = session_user::text))
        AND session_user::text <> ALL (SELECT who FROM {schema}.events
            WHERE purchase_id = purchase AND to_state = 'AWAITING_APPROVAL')
        AND EXISTS (SELECT FROM {schema}.events
            WHERE purchase_id = purchase AND to_state = 'AWAITING_APPROVAL')
$$;
CREATE OR REPLACE FUNCTION {schema}.refuse_unapproved() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF NOT {schema}.may_approve(OLD.id) THEN
        RAISE EXCEPTION 'another login with the right approves this purchase'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER approvals BEFORE UPDATE ON purchases FOR EACH ROW
    WHEN (OLD.state = 'AWAITING_APPROVAL' AND NEW.state IN ('INTENT', 'SENDING'))
    EXECUTE FUNCTION {schema}.refuse_unapproved();
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS readers ON events;
DROP POLICY IF EXISTS desks_add ON events;
DROP POLICY IF EXISTS support_adds ON events;
CREATE POLICY readers ON events FOR SELECT USING (true);
CREATE POLICY desks_add ON events FOR INSERT TO {desk}
    WITH CHECK (who = session_user AND (kind <> 'approve' OR {schema}.may_approve(purchase_id)));
CREATE POLICY support_adds ON events FOR INSERT TO {support}
    WITH CHECK (who = session_user AND to_state = '' AND kind IN {kinds});
"""
# Another person approves than the one who asked, as the log of events has both. What became of a
# purchase is always taken: a host that writes again what a failover lost approves nothing. The
# chain of events only grows, under the name of the login that adds to it. Everything that was
# granted before is taken back first, so that a later version can grant less.


def grants(schema: str) -> str:
    """Return the statements that give each role its rights in a schema, the current one."""
    return _GRANTS.format(
        schema=schema,
        owner=OWNER,
        desk=DESK,
        support=SUPPORT,
        kinds=SUPPORT_EVENTS,
        owners=OWNERS_META,
    )
