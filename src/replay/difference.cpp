// What differs between the tables of two read models.
#include "replay/difference.hpp"

#include <acta/event/json.hpp>

#include "store/open_file.hpp"

#include <map>
#include <string>

namespace acta::detail {

namespace {

struct column {
    std::string name;
    std::string type;
    bool key = false;
    friend bool operator==(const column&, const column&) = default;
};
using columns = std::vector<column>;

std::string name_in_sql(const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
}

/// The projections' own tables, by name; not what full-text search and its like keep behind theirs.
std::map<std::string, columns> tables_of(const connection& on, const std::string& schema) {
    std::map<std::string, columns> out;
    statement tables(on, "SELECT name FROM pragma_table_list WHERE schema = '" + schema +
                             "' AND type = 'table' AND name NOT LIKE 'acta\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
    while (tables.step()) {
        columns& found = out[std::string(tables.text(0))];
        statement described(on, "SELECT name, type, pk FROM pragma_table_info(?, '" + schema + "')");
        described.bind(1, tables.text(0));
        while (described.step()) found.push_back({std::string(described.text(0)), std::string(described.text(1)), described.number(2) > 0});
    }
    return out;
}

/// As the tables find their rows: by the columns' own collations.
std::string same_key(const columns& of) {
    std::string out;
    for (const column& each : of)
        if (each.key) out += (out.empty() ? "f." : " AND f.") + name_in_sql(each.name) + " IS l." + name_in_sql(each.name);
    return out;
}

/// To the byte, keys included: 'A' is not 'a', and 1 is not 1.0.
std::string other_values(const columns& of) {
    std::string out;
    for (const column& each : of) {
        const std::string fresh = "f." + name_in_sql(each.name), live = "l." + name_in_sql(each.name);
        out += (out.empty() ? "" : " OR ") + fresh + " COLLATE BINARY IS NOT " + live + " OR typeof(" + fresh + ") <> typeof(" + live + ")";
    }
    return out;
}

/// The rows of a table without a key, each with its number among those that are the same to the byte.
std::string numbered_rows(const std::string& table, const columns& of) {
    std::string types, values, same;
    for (const column& each : of) {
        const std::string name = name_in_sql(each.name);
        types += ", typeof(" + name + ")";
        values += (values.empty() ? "" : ", ") + name + " COLLATE BINARY AS " + name;
        same += (same.empty() ? "typeof(" : ", typeof(") + name + "), " + name + " COLLATE BINARY";
    }
    return "SELECT " + values + types + ", row_number() OVER (PARTITION BY " + same + ") FROM " + table;
}

/// A column's value as JSON: bytes as text in hexadecimal digits.
std::string json_of(const std::string& value) {
    return "CASE typeof(" + value + ") WHEN 'blob' THEN json_quote(lower(hex(" + value + "))) ELSE json_quote(" + value + ") END";
}

/// One table of both models.
class comparison {
public:
    comparison(const connection& on, std::string name, columns of, std::size_t samples)
        : on_(on), of_(std::move(of)), name_(name_in_sql(name)), samples_(samples) {
        result_.table = std::move(name);
    }

    table_difference compare() {
        const std::string same = same_key(of_);
        if (same.empty()) return compare_without_key();
        const std::string fresh = "fresh." + name_ + " AS f", live = "live." + name_ + " AS l";
        const auto only_in = [&](const std::string& here, const std::string& there) {
            return " FROM " + here + " WHERE NOT EXISTS (SELECT 1 FROM " + there + " WHERE " + same + ")";
        };
        result_.added = look(only_in(fresh, live), false, true);
        result_.removed = look(only_in(live, fresh), true, false);
        result_.changed = look(" FROM " + fresh + " JOIN " + live + " ON " + same + " WHERE " + other_values(of_), true, true);
        return std::move(result_);
    }
    /// Where the columns are others all rows go, and all come.
    table_difference replaced(bool before, bool after) {
        if (before) result_.removed = count(" FROM live." + name_);
        if (after) result_.added = count(" FROM fresh." + name_);
        result_.columns_differ = true;
        return std::move(result_);
    }

private:
    /// A row is told apart by all that is in it, and by how often it is there.
    table_difference compare_without_key() {
        const std::string fresh = numbered_rows("fresh." + name_, of_), live = numbered_rows("live." + name_, of_);
        result_.added = look(" FROM (" + fresh + " EXCEPT " + live + ") AS f", false, true);
        result_.removed = look(" FROM (" + live + " EXCEPT " + fresh + ") AS l", true, false);
        return std::move(result_);
    }
    std::uint64_t count(const std::string& from) const {
        return static_cast<std::uint64_t>(on_.number(("SELECT count(*)" + from).c_str()));
    }
    std::uint64_t look(const std::string& from, bool before, bool after) {
        const std::uint64_t rows = count(from);
        if (rows == 0 || samples_ == 0) return rows;
        std::string selected;
        for (const auto& [wanted, alias] : {std::pair(before, "l."), std::pair(after, "f.")})
            if (wanted)
                for (const column& each : of_) selected += (selected.empty() ? "" : ", ") + json_of(alias + name_in_sql(each.name));
        statement query(on_, "SELECT " + selected + from + " LIMIT " + std::to_string(samples_));
        while (query.step()) {
            table_difference::sample sample;
            if (before) sample.before = row_text(query, 0);
            if (after) sample.after = row_text(query, before ? static_cast<int>(of_.size()) : 0);
            result_.samples.push_back(std::move(sample));
        }
        return rows;
    }
    std::string row_text(const statement& row, int first) const {
        std::string out = "{";
        for (std::size_t i = 0; i < of_.size(); ++i)
            out += (i == 0 ? "" : ",") + json_quoted(of_[i].name) + ":" + std::string(row.text(first + static_cast<int>(i)));
        return out + "}";
    }

    const connection& on_;
    columns of_;
    std::string name_;
    std::size_t samples_;
    table_difference result_;
};

}  // namespace

two_models::two_models(const std::filesystem::path& live, const std::filesystem::path& fresh)
    : live_in_use_(live), fresh_in_use_(fresh), on_(":memory:", SQLITE_OPEN_READWRITE, "", live.string()) {
    harden(on_);
    sqlite3_limit(on_.handle(), SQLITE_LIMIT_ATTACHED, 2);
    statement(on_, "ATTACH ? AS live").bind(1, live.string()).finish();
    statement(on_, "ATTACH ? AS fresh").bind(1, fresh.string()).finish();
    on_.run("PRAGMA query_only=ON");
    on_.set_patience(std::chrono::seconds(5));
    on_.run("BEGIN");
    live_ = on_.number("SELECT position FROM live.acta_checkpoint");
}

std::vector<dead_letter> two_models::live_letters() const { return letters_in(on_, "live"); }

std::vector<table_difference> two_models::compare(std::size_t samples) const {
    const auto before = tables_of(on_, "live"), after = tables_of(on_, "fresh");
    std::vector<table_difference> out;
    const auto keep = [&](table_difference found) {
        if (found.added + found.changed + found.removed > 0 || found.columns_differ) out.push_back(std::move(found));
    };
    for (const auto& [name, now] : after) {
        comparison table(on_, name, now, samples);
        const auto then = before.find(name);
        if (then == before.end()) keep(table.replaced(false, true));
        else if (then->second != now) keep(table.replaced(true, true));
        else keep(table.compare());
    }
    for (const auto& [name, then] : before)
        if (!after.contains(name)) keep(comparison(on_, name, then, samples).replaced(true, false));
    return out;
}

}  // namespace acta::detail
