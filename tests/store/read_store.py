#!/usr/bin/env python3
"""Reads an acta store without acta: written from src/store/FORMAT.md alone, to prove that the page is enough.

usage: read_store.py STORE

Prints every event as one JSON object a line, by position. Checks every checksum and size, and that nothing is missing or out of order;
what is damaged ends it with a sentence and exit code 1.
"""

import base64, ctypes, datetime, json, math, sqlite3, struct, sys, uuid
from xxhash import xxh3_64_intdigest as xxh3_64

TABLES = {  # the tables whose rows end with a checksum, and their other columns
    "store": "key, value", "stream": "id, name, closed_at", "event_type": "id, name, revision, fingerprint, layout", "tag": "id, name",
    "command": "id, recorded_at, name, kind, answer", "snapshot": "stream, version, fingerprint, data",
}

class damage(Exception):
    """Stored bytes are not what FORMAT.md allows."""

class text(bytes):
    """A TEXT of SQLite as its stored bytes, told from a BLOB."""

def check(holds, sentence):
    if not holds:
        raise damage(sentence)

def show(raw):
    return raw.decode("utf-8", "replace")

def iso8601(ticks, per_second):
    """With as many digits as the tick has; outside of the years 1 to 9999 the number itself."""
    seconds, rest = divmod(ticks, per_second)
    if not -62135596800 <= seconds < 253402300800:
        return ticks
    at = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    return at.isoformat() + (f".{rest:0{len(str(per_second)) - 1}}Z" if per_second > 1 else "Z")

class reader:
    """Takes numbers and values from the front of some bytes, each checked against what is left."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def raw(self, size):
        check(size <= self.left(), "the bytes end too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def fixed(self, form):
        return struct.unpack("<" + form, self.raw(struct.calcsize(form)))[0]

    def varint(self, limit=2**64, what="a number"):
        value = shift = 0
        while (byte := self.fixed("B")) >= 0x80:
            value |= (byte & 0x7F) << shift
            shift += 7
            check(shift < 64, "a number has more than 64 bits")
        value |= byte << shift
        check(byte or not shift, "a number is written with more bytes than it needs")
        check(value < limit, f"{what} is too large")
        return value

    def text(self):
        return self.raw(self.varint())

    def flag(self):
        value = self.fixed("B")
        check(value < 2, "a flag is neither 0 nor 1")
        return value == 1

    def integer(self, sign, bits):
        if bits == 8:
            return self.fixed("B" if sign == "u" else "b")
        value = self.varint(2**bits)
        return value if sign == "u" else (value >> 1) ^ -(value & 1)

    def f32(self):
        """As the shortest decimal that reads back as the same 32 bits."""
        value = self.fixed("f")
        return next((short for n in range(1, 10) if ctypes.c_float(short := float(f"{value:.{n}g}")).value == value), value)

    def several(self, kind, key, to=None):
        """The elements of a list or set, or the pairs of a map."""
        out, seen = [], set()
        for _ in range(self.varint(self.left() + 1, "a count")):
            start = self.at
            one = self.value(key)
            check(kind == "list" or self.data[start : self.at] not in seen, f"a {kind} holds something twice")
            seen.add(self.data[start : self.at])
            out.append([one, self.value(to)] if to else one)
        return dict(out) if kind == "map" and key == "text" else out

    def value(self, of):
        """The next value of a layout, in the form that FORMAT.md gives it in JSON."""
        kind, inner = (of, None) if isinstance(of, str) else next(iter(of.items()))
        number = self.value(inner) if kind in ("enum", "duration", "time") else None
        match kind:
            case "bool": return self.flag()
            case "text": return show(self.text())
            case "bytes": return base64.b64encode(self.text()).decode()
            case "f32" | "f64": return value if math.isfinite(value := self.f32() if kind == "f32" else self.fixed("d")) else None
            case "u8" | "u16" | "u32" | "u64" | "i8" | "i16" | "i32" | "i64": return self.integer(kind[0], int(kind[1:]))
            case "optional": return self.value(inner) if self.flag() else None
            case "list" | "set" | "map": return self.several(kind, inner, of.get("to"))
            case "array": return [self.value(inner) for _ in range(of["size"])]
            case "tuple": return [self.value(one) for one in inner]
            case "variant": return {"index": (index := self.varint(len(inner), "a variant's index")), "value": self.value(inner[index])}
            case "struct": return {field.get("name", str(i)): self.value(field["type"]) for i, field in enumerate(inner)}
            case "enum": return next((name for value, name in of.get("names", ()) if value == number), number)
            case "time" if inner == "i64" and of["tick"] in ([1, 1], [1, 10**3], [1, 10**6], [1, 10**9]): return iso8601(number, of["tick"][1])
            case "duration" | "time": return number
        raise damage(f"there is no type {kind}")

def metadata(part):
    items, found = reader(part), {}
    while items.left():
        code, item = items.fixed("B"), reader(items.text())
        check(item.left() == {5: 8, 6: 16, 7: 16, 8: 16}.get(code, item.left()), "an item of the metadata has the wrong size")
        match code:
            case 1 | 2 | 3 | 4: found[("actor", "correlation", "causation", "traceparent")[code - 1]] = show(item.data)
            case 5: found["occurred_at"] = str(iso8601(item.fixed("q"), 10**6))
            case 6 | 7 | 8: found |= dict.fromkeys((["correlation"], ["causation"], ["correlation", "causation"])[code - 6], str(uuid.UUID(bytes=item.data)))
            case 9: found |= {show(item.text()): show(item.raw(item.left()))}
    return found

def column_bytes(value):
    if value is None or isinstance(value, int):
        return b"\0" if value is None else b"\1" + struct.pack("<q", value)
    return (b"\2" if isinstance(value, text) else b"\3") + struct.pack("<Q", len(value)) + value

def events_of(last_position, last_version, recorded_at, data, stream, types, tags):
    """Checks one entry. Returns its events without their places, and the tags that they have."""
    seed = xxh3_64(struct.pack("<qqq", last_position, last_version, recorded_at) + stream)
    check(xxh3_64(data[:-8], seed) == reader(data[-8:]).fixed("Q"), "its checksum does not fit")
    head, used, events = reader(data[:-8]), set(), []
    check(head.fixed("B") == 1, "its format is not 1")
    head.raw(8)  # the nonce
    count, shared = head.varint(257, "the number of its events"), head.text()
    for size in [head.varint() for _ in range(count)]:
        event = reader(head.raw(size))
        type_id, flags = event.varint(), event.fixed("B")
        check(flags < 4, "an event has a flag that is not known")
        tag_ids = [event.varint() for _ in range(event.varint())] if flags & 1 else []
        about = metadata(shared) | (metadata(event.text()) if flags & 2 else {})
        check(type_id in types and tags.keys() >= set(tag_ids), "an event has a type or tag that is in no table")
        name, revision, layout = types[type_id]
        used.update(tag_ids)
        events.append({"type": name, "revision": revision, "recorded_at": iso8601(recorded_at, 10**6), "metadata": about,
                       "tags": [tags[id] for id in tag_ids], "data": event.value(layout)})
        check(not event.left(), "an event has bytes behind its last field")
    check(events and not head.left(), "it holds no event, or bytes behind its last one")
    return events, used

def read_store(db):
    pragma = lambda name: db.execute(f"PRAGMA {name}").fetchone()[0]
    check(pragma("application_id") == 0x61637461, "it is not an acta store")
    check(pragma("user_version") == 1, "its format is not 1, the only one that is known here")
    db.execute("BEGIN")  # one moment of the store, however long the reading takes
    rows = {table: db.execute(f"SELECT {columns}, checksum FROM {table} ORDER BY 1").fetchall() for table, columns in TABLES.items()}
    for table, row in ((table, row) for table in rows for row in rows[table]):
        check(xxh3_64(b"".join(map(column_bytes, row[:-1]))) == row[-1] % 2**64, f"the checksum of a row of {table} does not fit: {row}")
    for id, _, _, fingerprint, layout, _ in rows["event_type"]:
        check(fingerprint % 2**64 == xxh3_64(layout), f"the fingerprint of event type {id} does not fit its layout")
    types = {id: (show(name), revision, json.loads(layout)) for id, name, revision, _, layout, _ in rows["event_type"]}
    check(list(types) == list(range(1, len(types) + 1)), "the catalogue has a gap")
    streams, tags = {row[0]: row[1] for row in rows["stream"]}, {row[0]: show(row[1]) for row in rows["tag"]}
    position, newest, versions, tagged = 0, -(2**63), dict.fromkeys(streams, 0), set()
    for stream, *row in db.execute("SELECT stream, last_position, last_version, recorded_at, data FROM entry ORDER BY last_position"):
        try:
            check(stream in streams, f"there is no stream {stream}")
            events, used = events_of(*row, streams[stream], types, tags)
            check(position + len(events) == row[0], f"the entry before it ends at position {position}")
            check(versions[stream] + len(events) == row[1], f"its stream has {versions[stream]} events before it")
            check(row[2] >= newest, "it was recorded before the entry that precedes it")
        except damage as why:
            raise damage(f"the entry at position {row[0]}: {why}") from why
        for event in events:
            position, versions[stream], newest = position + 1, versions[stream] + 1, row[2]
            yield {"position": position, "version": versions[stream], "stream": show(streams[stream])} | event
        tagged |= {(tag, row[0]) for tag in used}
    check(tagged == set(db.execute("SELECT tag, last_position FROM entry_tag")), "entry_tag does not fit the tags of the events")

def main(file):
    try:
        db = sqlite3.connect("file:" + file.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + "?mode=ro", uri=True, isolation_level=None)
        db.text_factory = text
        for event in read_store(db):
            print(json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    except (damage, sqlite3.Error, ValueError, LookupError, TypeError) as why:
        sys.exit(f"{file}: {why}")

if __name__ == "__main__":
    main(*sys.argv[1:])
