CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version INTEGER NOT NULL);
CREATE TABLE cdr_calls (id TEXT PRIMARY KEY, started BIGINT NOT NULL, answered BIGINT, ended BIGINT NOT NULL,
    setup_ms BIGINT NOT NULL, duration_ms BIGINT NOT NULL, from_uri TEXT NOT NULL, to_uri TEXT NOT NULL,
    route TEXT NOT NULL, outcome TEXT NOT NULL, code INTEGER NOT NULL, cause TEXT NOT NULL, ended_by TEXT NOT NULL,
    renegotiations BIGINT NOT NULL, healed BIGINT NOT NULL);
CREATE INDEX cdr_calls_by_start ON cdr_calls (started, id);
CREATE TABLE cdr_legs (call TEXT NOT NULL, leg TEXT NOT NULL, call_id TEXT NOT NULL, trunk TEXT NOT NULL,
    username TEXT NOT NULL, transport TEXT NOT NULL, remote TEXT NOT NULL, uri TEXT NOT NULL, codecs TEXT NOT NULL,
    srtp TEXT NOT NULL, hold_ms BIGINT NOT NULL, music_ms BIGINT NOT NULL, packets_in BIGINT NOT NULL,
    packets_out BIGINT NOT NULL, lost BIGINT NOT NULL, jitter_ms DOUBLE PRECISION, rtt_ms DOUBLE PRECISION,
    mos DOUBLE PRECISION, PRIMARY KEY (call, leg));
CREATE INDEX cdr_legs_by_call_id ON cdr_legs (call_id);
INSERT INTO schema_versions VALUES ('cdrs', 1);
INSERT INTO cdr_calls VALUES ('old', 1795953600000, NULL, 1795953601000, 1000, 0, 'sip:a@192.0.2.1', 'sip:4930555@192.0.2.9',
    'routes[0]', 'busy', 486, 'B refused', 'b', 0, 0);
INSERT INTO cdr_legs VALUES ('old', 'a', 'a-old', 'carrier', '', 'udp', '192.0.2.1:5060', 'sip:a@192.0.2.1', 'PCMA', '',
    0, 0, 0, 0, 0, NULL, NULL, NULL)
