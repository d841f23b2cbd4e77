// Splitting a line into cells, and each kind of line into its command.
#include "csv.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace traffic {

namespace {

enum class column : std::uint8_t {
    case_id,
    activity,
    timestamp,
    amount,
    total_paid,
    payment,
    expense,
    article,
    points,
    vehicle_class,
    resource,
    dismissal,
    notification_type,
    last_sent,
    matricola
};
constexpr std::array<std::string_view, 15> column_names{
    "case",   "concept:name", "time:timestamp", "amount",    "totalPaymentAmount", "paymentAmount", "expense",  "article",
    "points", "vehicleClass", "org:resource",   "dismissal", "notificationType",   "lastSent",      "matricola"};

/// What a message shows of a cell: one short line, whatever stands in it.
std::string shown(std::string_view cell) {
    std::string text(cell.substr(0, 40));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return '\'' + text + (cell.size() > 40 ? "...'" : "'");
}

/// The cells of one line. Whoever takes a cell checks it; what nobody took is found at the end.
class cells {
public:
    cells(std::string_view text, std::size_t line) : line_(line) {
        std::size_t count = 0;
        for (std::size_t begin = 0; begin <= text.size(); ++count) {
            const std::size_t end = std::min(text.find(',', begin), text.size());
            if (count == cells_.size())
                throw malformed_line(line, std::to_string(count + 1), "there is no such column: the header names " + std::to_string(count));
            cells_[count] = text.substr(begin, end - begin);
            begin = end + 1;
        }
        if (count < cells_.size()) malformed(static_cast<column>(count), "the line ends before it");
    }

    [[noreturn]] void malformed(column at, const std::string& why) const {
        throw malformed_line(line_, std::string(column_names[static_cast<std::size_t>(at)]), why);
    }

    std::string_view take(column at) { return std::exchange(cells_[static_cast<std::size_t>(at)], {}); }

    std::string text(column at) { return text_in(at, take(at)); }
    std::optional<std::string> maybe_text(column at) {
        const std::string_view cell = take(at);
        if (cell.empty()) return std::nullopt;
        return text_in(at, cell);
    }

    std::int64_t cents(column at) { return cents_in(at, take(at)); }
    std::optional<std::int64_t> maybe_cents(column at) {
        const std::string_view cell = take(at);
        if (cell.empty()) return std::nullopt;
        return cents_in(at, cell);
    }

    std::optional<std::int32_t> maybe_number(column at) {
        const std::string_view cell = take(at);
        if (cell.empty()) return std::nullopt;
        std::int32_t number = 0;
        const auto [end, problem] = std::from_chars(cell.data(), cell.data() + cell.size(), number);
        if (problem != std::errc() || end != cell.data() + cell.size()) malformed(at, shown(cell) + " is not a whole number");
        return number;
    }

    written_time time(column at);

    /// Throws when a cell is filled that this kind of line has no use for: dropping it would lose what somebody wrote.
    void require_all_taken(std::string_view activity) const {
        for (std::size_t i = 0; i < cells_.size(); ++i)
            if (!cells_[i].empty())
                malformed(static_cast<column>(i), shown(cells_[i]) + " stands where a line of '" + std::string(activity) + "' has nothing");
    }

private:
    std::string text_in(column at, std::string_view cell) const {
        if (cell.empty()) malformed(at, "is empty");
        const bool plain = std::all_of(cell.begin(), cell.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"'; });
        if (!plain) malformed(at, shown(cell) + " holds a quote or what is not printable ASCII");
        return std::string(cell);
    }
    std::int64_t cents_in(column at, std::string_view cell) const;

    std::array<std::string_view, column_names.size()> cells_{};
    std::size_t line_;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `62.59`, `31.3`, `7`, `-1.0`: at most nine digits before the point, so that no sum of them overflows, and one or two behind it.
std::int64_t cells::cents_in(column at, std::string_view cell) const {
    const bool negative = cell.starts_with('-');
    const std::string_view number = cell.substr(negative ? 1 : 0);
    const std::size_t point = std::min(number.find('.'), number.size());
    const std::string_view euros = number.substr(0, point);
    const std::string_view decimals = number.substr(std::min(point + 1, number.size()));
    const bool well_formed = !euros.empty() && euros.size() <= 9 && decimals.size() <= 2 && decimals.empty() == (point == number.size()) &&
                             std::all_of(euros.begin(), euros.end(), is_digit) && std::all_of(decimals.begin(), decimals.end(), is_digit);
    if (!well_formed) malformed(at, cell.empty() ? "is empty" : shown(cell) + " is not an amount like 62.59, in euros");

    std::int64_t cents = 0;
    for (const char digit : euros) cents = cents * 10 + (digit - '0');
    for (std::size_t i = 0; i < 2; ++i) cents = cents * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
    return negative ? -cents : cents;
}

/// `2000-01-01T00:00:00+01:00`, or `Z` for the zone.
written_time cells::time(column at) {
    const std::string_view cell = take(at);
    static constexpr std::string_view shape = "0000-00-00T00:00:00+00:00";
    const bool utc = cell.size() == 20 && cell.back() == 'Z';
    bool well_formed = utc || cell.size() == shape.size();
    for (std::size_t i = 0; well_formed && i < cell.size() - (utc ? 1 : 0); ++i) {
        if (shape[i] == '0') well_formed = is_digit(cell[i]);
        else well_formed = cell[i] == shape[i] || (i == 19 && cell[i] == '-');
    }
    const auto two = [&](std::size_t i) { return (cell[i] - '0') * 10 + (cell[i + 1] - '0'); };
    if (well_formed) {
        using namespace std::chrono;
        const year_month_day day(year(two(0) * 100 + two(2)), month(static_cast<unsigned>(two(5))),
                                 std::chrono::day(static_cast<unsigned>(two(8))));
        const int zone_hours = utc ? 0 : two(20);
        const int zone_minutes = utc ? 0 : two(23);
        if (day.ok() && two(11) < 24 && two(14) < 60 && two(17) < 60 && zone_hours < 24 && zone_minutes < 60) {
            const minutes east(zone_hours * 60 + zone_minutes);
            const minutes zone = cell[19] == '-' ? -east : east;
            return {sys_days(day) + hours(two(11)) + minutes(two(14)) + seconds(two(17)) - zone, zone};
        }
    }
    malformed(at, cell.empty() ? "is empty" : shown(cell) + " is not a time like 2000-01-01T00:00:00+01:00");
}

// ---- one function for each kind of line; each takes the cells in the order of the fields ------------------------------------------

std::string case_of(cells& line) {
    std::string id = line.text(column::case_id);
    if (fine::category.name.size() + 1 + id.size() > acta::stream_name::max_size)
        line.malformed(column::case_id, shown(id) + " is too long");
    return id;
}

fine_command create(cells& line) {
    using enum column;
    return create_fine{case_of(line),
                       line.time(timestamp),
                       line.cents(amount),
                       line.maybe_cents(total_paid),
                       line.maybe_number(article),
                       line.maybe_number(points),
                       line.maybe_text(vehicle_class),
                       line.maybe_text(resource),
                       line.maybe_text(dismissal)};
}
fine_command send(cells& line) { return send_fine{case_of(line), line.time(column::timestamp), line.cents(column::expense)}; }
fine_command notify(cells& line) {
    return insert_notification{case_of(line), line.time(column::timestamp), line.maybe_text(column::notification_type),
                               line.maybe_text(column::last_sent)};
}
fine_command penalise(cells& line) { return add_penalty{case_of(line), line.time(column::timestamp), line.cents(column::amount)}; }
fine_command pay(cells& line) {
    return record_payment{case_of(line), line.time(column::timestamp), line.cents(column::payment), line.maybe_cents(column::total_paid)};
}
fine_command send_an_appeal(cells& line) {
    return send_appeal{case_of(line), line.time(column::timestamp), line.maybe_text(column::dismissal)};
}
fine_command judge(cells& line) {
    using enum column;
    return appeal_to_judge{case_of(line), line.time(timestamp), line.maybe_text(resource), line.maybe_text(dismissal),
                           line.maybe_text(matricola)};
}
/// A kind of line that says nothing but that it happened.
template <class Command>
fine_command happen(cells& line) {
    return Command{case_of(line), line.time(column::timestamp)};
}

struct line_kind {
    std::string_view activity;
    fine_command (*read)(cells&);
};
constexpr line_kind line_kinds[] = {
    {"Create Fine", create},
    {"Send Fine", send},
    {"Insert Fine Notification", notify},
    {"Add penalty", penalise},
    {"Payment", pay},
    {"Send for Credit Collection", happen<send_to_collection>},
    {"Insert Date Appeal to Prefecture", happen<insert_appeal_date>},
    {"Send Appeal to Prefecture", send_an_appeal},
    {"Receive Result Appeal from Prefecture", happen<receive_appeal_result>},
    {"Notify Result Appeal to Offender", happen<notify_offender>},
    {"Appeal to Judge", judge},
};

fine_command command_in(cells& line) {
    const std::string_view activity = line.take(column::activity);
    const auto* const kind =
        std::find_if(std::begin(line_kinds), std::end(line_kinds), [&](const line_kind& k) { return k.activity == activity; });
    if (kind == std::end(line_kinds))
        line.malformed(column::activity, activity.empty() ? "is empty" : shown(activity) + " is not an activity of this log");
    fine_command command = kind->read(line);
    line.require_all_taken(activity);
    return command;
}

}  // namespace

malformed_line::malformed_line(std::size_t line, std::string column, const std::string& why)
    : failure(acta::errc::bad_input, "line " + std::to_string(line) + ", column '" + column + "': " + why),
      line_(line),
      column_(std::move(column)) {}

command_reader::command_reader(std::istream& from) : in_(from) {
    std::string_view text;
    if (!read_line(text)) throw malformed_line(1, std::string(column_names[0]), "there is no header, the input is empty");
    cells header(text, line_);
    for (std::size_t i = 0; i < column_names.size(); ++i) {
        const auto at = static_cast<column>(i);
        const std::string_view name = header.take(at);
        if (name != column_names[i]) header.malformed(at, "the header says " + shown(name) + " in its place");
    }
}

bool command_reader::read_line(std::string_view& text) {
    in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    std::size_t size = static_cast<std::size_t>(in_.gcount());
    if (in_.bad()) throw acta::failure(acta::errc::io, "the input cannot be read behind line " + std::to_string(line_));
    if (size == 0 && in_.eof()) return false;
    ++line_;
    if (!in_.eof() && !in_.fail()) --size;  // the line's end, which getline counts and does not store
    if (size > 0 && buffer_[size - 1] == '\r') --size;
    text = {buffer_.data(), size};
    if (size > max_line) {
        const auto column = static_cast<std::size_t>(std::count(text.begin(), text.end(), ','));
        throw malformed_line(line_, column < column_names.size() ? std::string(column_names[column]) : std::to_string(column + 1),
                             "the line goes on behind its first " + std::to_string(max_line) + " bytes");
    }
    return true;
}

void command_reader::advance() {
    std::string_view text;
    at_end_ = !read_line(text);
    if (at_end_) return;
    cells line(text, line_);
    command_ = command_in(line);
}

}  // namespace traffic
