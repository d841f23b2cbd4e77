// A store that seems to have had very many events: its newest one stands at a position of one's choice.
#include "far_store.hpp"

#include "temporary.hpp"

#include <sqlite3.h>
#include <store/checksum.hpp>

#include <stdexcept>
#include <string>
#include <vector>

namespace tests {

void move_newest_event(const std::filesystem::path& store, acta::position to, acta::version version) {
    shell owner(store);
    owner.disarm();
    const std::string row = "FROM entry JOIN stream ON stream.id = entry.stream ORDER BY last_position DESC LIMIT 1";
    const std::string name = owner.ask("SELECT name " + row), from = owner.ask("SELECT last_position " + row);
    const std::int64_t recorded_at = std::stoll(owner.ask("SELECT recorded_at " + row));
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(owner.handle(), ("SELECT data " + row).c_str(), -1, &query, nullptr);
    if (sqlite3_step(query) != SQLITE_ROW) throw std::runtime_error("the store has no event");
    const auto* const begin = static_cast<const std::byte*>(sqlite3_column_blob(query, 0));
    std::vector<std::byte> data(begin, begin + sqlite3_column_bytes(query, 0));
    sqlite3_finalize(query);

    const std::size_t body = data.size() - 8;
    std::uint64_t sum = acta::detail::entry_checksum({name, to, version, recorded_at}, {data.data(), body});
    for (std::size_t i = body; i < data.size(); ++i, sum >>= 8) data[i] = static_cast<std::byte>(sum & 0xffU);
    sqlite3_prepare_v2(owner.handle(), "UPDATE entry SET last_position = ?, last_version = ?, data = ? WHERE last_position = ?", -1, &query,
                       nullptr);
    sqlite3_bind_int64(query, 1, to);
    sqlite3_bind_int64(query, 2, version);
    sqlite3_bind_blob64(query, 3, data.data(), data.size(), SQLITE_STATIC);
    sqlite3_bind_int64(query, 4, std::stoll(from));
    const int code = sqlite3_step(query);
    sqlite3_finalize(query);
    if (code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(owner.handle()));
}

}  // namespace tests
