// The table of snapshots: the newest folded state of each stream, worth nothing by itself.
#include "snapshots.hpp"

#include "checksum.hpp"

namespace acta::detail {

namespace {

std::int64_t checksum_of(std::int64_t stream, std::int64_t version, std::int64_t fingerprint, byte_span data) {
    return row_checksum().add(stream).add(version).add(fingerprint).add(data).value();
}

}  // namespace

snapshot_table::snapshot_table(const connection& on)
    : find_(on, "SELECT version, fingerprint, data, checksum FROM snapshot WHERE stream = ?"),
      put_(on,
           "INSERT INTO snapshot (stream, version, fingerprint, data, checksum) VALUES (?, ?, ?, ?, ?) ON CONFLICT (stream) DO UPDATE SET "
           "version = excluded.version, fingerprint = excluded.fingerprint, data = excluded.data, checksum = excluded.checksum") {}

std::optional<snapshot> snapshot_table::find(std::int64_t stream, const stream_name& name) {
    const reset_at_exit reset(find_);
    if (!find_.bind(1, stream).step()) return std::nullopt;
    const std::int64_t version = find_.number(0), fingerprint = find_.number(1);
    const byte_span data = find_.blob(2);
    if (version < 1 || find_.number(3) != checksum_of(stream, version, fingerprint, data)) return std::nullopt;
    try {
        byte_reader in(data);
        const auto position = static_cast<acta::position>(in.varint());
        if (position < version) return std::nullopt;
        const byte_span state = in.rest();
        return snapshot{name, version, position, static_cast<std::uint64_t>(fingerprint), {state.begin(), state.end()}};
    } catch (const failure&) { return std::nullopt; }
}

void snapshot_table::put(std::int64_t stream, const snapshot& one) {
    std::vector<std::byte> data;
    byte_writer out(data);
    out.varint(static_cast<std::uint64_t>(one.position));
    out.raw(one.data);
    const auto fingerprint = static_cast<std::int64_t>(one.fingerprint);
    put_.bind(1, stream)
        .bind(2, one.version)
        .bind(3, fingerprint)
        .bind(4, data)
        .bind(5, checksum_of(stream, one.version, fingerprint, data))
        .finish();
}

}  // namespace acta::detail
