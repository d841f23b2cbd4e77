#include "csv.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <vector>

using namespace traffic;
using namespace std::chrono_literals;

namespace {

const std::string header = "case,concept:name,time:timestamp,amount,totalPaymentAmount,paymentAmount,expense,article,points,vehicleClass,"
                           "org:resource,dismissal,notificationType,lastSent,matricola\n";

std::vector<fine_command> commands_in(const std::string& lines) {
    std::istringstream in(header + lines);
    command_reader reader(in);
    std::vector<fine_command> all;
    for (const fine_command& command : reader) all.push_back(command);
    return all;
}

template <class Command>
Command only(const std::string& line) {
    const auto all = commands_in(line + '\n');
    REQUIRE(all.size() == 1);
    REQUIRE(std::holds_alternative<Command>(all.front()));
    return std::get<Command>(all.front());
}

/// Reads a whole file, header included, and expects a sentence about one place in it.
void check_malformed(const std::string& file, std::size_t line, const std::string& column, const std::string& why) {
    CAPTURE(file);
    std::istringstream in(file);
    try {
        command_reader reader(in);
        for ([[maybe_unused]] const fine_command& command : reader) {}
        FAIL_CHECK("nothing was found to be wrong");
    } catch (const malformed_line& found) {
        CHECK(found.code() == acta::errc::bad_input);
        CHECK(found.line() == line);
        CHECK(found.column() == column);
        CHECK(found.what() == "line " + std::to_string(line) + ", column '" + column + "': " + why);
    }
}
void check_line(const std::string& line, const std::string& column, const std::string& why) {
    check_malformed(header + line + '\n', 2, column, why);
}

void check_amount(const std::string& euros, std::int64_t cents) {
    CAPTURE(euros);
    CHECK(only<add_penalty>("A1,Add penalty,2006-07-03T12:00:00+02:00," + euros + ",,,,,,,,,,,").amount_cents == cents);
}
void check_no_amount(const std::string& euros) {
    check_line("A1,Add penalty,2006-07-03T12:00:00+02:00," + euros + ",,,,,,,,,,,", "amount",
               '\'' + euros + "' is not an amount like 62.59, in euros");
}

void check_time(const std::string& text, std::chrono::sys_seconds at, std::chrono::minutes zone) {
    CAPTURE(text);
    CHECK(only<notify_offender>("A1,Notify Result Appeal to Offender," + text + ",,,,,,,,,,,,").when == written_time{at, zone});
}
void check_no_time(const std::string& text) {
    check_line("A1,Notify Result Appeal to Offender," + text + ",,,,,,,,,,,,", "time:timestamp",
               '\'' + text + "' is not a time like 2000-01-01T00:00:00+01:00");
}

const auto day = std::chrono::sys_days(2006y / 7 / 3);
const written_time noon{day + 10h, 120min};

}  // namespace

TEST_CASE("every kind of line becomes its command, with all its columns") {
    const auto fine = only<create_fine>("A1,Create Fine,2006-07-03T12:00:00+02:00,62.59,0.0,,,157,2,A,538,NIL,,,");
    CHECK(fine.case_id == "A1");
    CHECK(fine.when == noon);
    CHECK(fine.amount_cents == 6259);
    CHECK(fine.total_paid_cents == 0);
    CHECK(fine.article == 157);
    CHECK(fine.points == 2);
    CHECK(fine.vehicle_class == "A");
    CHECK(fine.resource == "538");
    CHECK(fine.dismissal == "NIL");

    const auto payment = only<record_payment>("A1,Payment,2006-07-03T12:00:00+02:00,,87.53,24.94,,,,,,,,,");
    CHECK(payment.case_id == "A1");
    CHECK(payment.when == noon);
    CHECK(payment.cents == 2494);
    CHECK(payment.total_paid_cents == 8753);

    CHECK(only<send_fine>("A1,Send Fine,2006-07-03T12:00:00+02:00,,,,13.5,,,,,,,,").expense_cents == 1350);
    CHECK(only<add_penalty>("A1,Add penalty,2006-07-03T12:00:00+02:00,71.5,,,,,,,,,,,").amount_cents == 7150);
    const auto notification = only<insert_notification>("A1,Insert Fine Notification,2006-07-03T12:00:00+02:00,,,,,,,,,,P,N,");
    CHECK(notification.notification_type == "P");
    CHECK(notification.last_sent == "N");
    CHECK(only<send_appeal>("A1,Send Appeal to Prefecture,2006-07-03T12:00:00+02:00,,,,,,,,,#,,,").dismissal == "#");
    const auto judge = only<appeal_to_judge>("A1,Appeal to Judge,2006-07-03T12:00:00+02:00,,,,,,,,0,G,,,7");
    CHECK(judge.resource == "0");
    CHECK(judge.dismissal == "G");
    CHECK(judge.matricola == "7");
    CHECK(only<insert_appeal_date>("A1,Insert Date Appeal to Prefecture,2006-07-03T12:00:00+02:00,,,,,,,,,,,,").when == noon);
    CHECK(only<receive_appeal_result>("A1,Receive Result Appeal from Prefecture,2006-07-03T12:00:00+02:00,,,,,,,,,,,,").when == noon);
    CHECK(only<notify_offender>("A1,Notify Result Appeal to Offender,2006-07-03T12:00:00+02:00,,,,,,,,,,,,").when == noon);
    CHECK(only<send_to_collection>("A1,Send for Credit Collection,2006-07-03T12:00:00+02:00,,,,,,,,,,,,").case_id == "A1");
}

TEST_CASE("an empty cell is nothing given") {
    const auto fine = only<create_fine>("A1,Create Fine,2006-07-03T12:00:00+02:00,35.0,,,,,,,,,,,");
    CHECK(!fine.total_paid_cents);
    CHECK(!fine.article);
    CHECK(!fine.points);
    CHECK(!fine.vehicle_class);
    CHECK(!fine.resource);
    CHECK(!fine.dismissal);
    CHECK(!only<record_payment>("A1,Payment,2006-07-03T12:00:00+02:00,,,35.0,,,,,,,,,").total_paid_cents);
}

TEST_CASE("lines come in their order, with either line end, and the last one may have none") {
    const std::string first = "A1,Send for Credit Collection,2006-07-03T12:00:00+02:00,,,,,,,,,,,,";
    const std::string second = "A2,Add penalty,2006-07-03T12:00:00+02:00,71.5,,,,,,,,,,,";
    const auto all = commands_in(first + "\r\n" + second);
    REQUIRE(all.size() == 2);
    CHECK(std::get<send_to_collection>(all[0]).case_id == "A1");
    CHECK(std::get<add_penalty>(all[1]).case_id == "A2");
    CHECK(commands_in("").empty());
}

TEST_CASE("the reader knows which line it has read") {
    std::istringstream in(header + "A1,Send for Credit Collection,2006-07-03T12:00:00+02:00,,,,,,,,,,,,\n");
    command_reader reader(in);
    CHECK(reader.line() == 1);
    auto at = reader.begin();
    CHECK(reader.line() == 2);
    CHECK(++at == reader.end());
}

TEST_CASE("euros become cents without a rounding") {
    check_amount("62.59", 6259);
    check_amount("31.3", 3130);
    check_amount("0.0", 0);
    check_amount("0.07", 7);
    check_amount("7", 700);
    check_amount("007.5", 750);
    check_amount("-0.01", -1);
    check_amount("-12.5", -1250);
    check_amount("999999999.99", 99'999'999'999);
}

TEST_CASE("what is no amount is refused") {
    for (const char* text :
         {"62.590", "62.", ".5", "-", "-.5", "--1", "+1", " 1", "1 ", "1e3", "0x10", "1.-5", "1.5.0", "nan", "1234567890", "12a"})
        check_no_amount(text);
}

TEST_CASE("a time is kept with its zone") {
    check_time("2006-07-03T12:00:00+02:00", day + 10h, 120min);
    check_time("2006-07-03T23:59:59-05:30", day + 29h + 29min + 59s, -330min);
    check_time("2006-07-03T00:00:00Z", day, 0min);
    check_time("2004-02-29T00:00:00+00:00", std::chrono::sys_days(2004y / 2 / 29), 0min);
    check_time("0001-01-01T00:00:00+00:00", std::chrono::sys_days(1y / 1 / 1), 0min);
}

TEST_CASE("what is no time is refused") {
    for (const char* text :
         {"2006-07-03", "2006-07-03T12:00:00", "2006-07-03 12:00:00+02:00", "2006-07-03T12:00:00+0200", "2006-07-03T12:00:00+02:0x",
          "2006-02-29T12:00:00+02:00", "2006-13-01T12:00:00+02:00", "2006-00-10T12:00:00+02:00", "2006-07-00T12:00:00+02:00",
          "2006-07-03T24:00:00+02:00", "2006-07-03T12:60:00+02:00", "2006-07-03T12:00:60+02:00", "2006-07-03T12:00:00+24:00",
          "2006-07-03T12:00:00+02:60", "2006-07-03T12:00:00Z02:00", "2006-07-03T12:00:00z", "-006-07-03T12:00:00Z"})
        check_no_time(text);
    check_line("A1,Send for Credit Collection,,,,,,,,,,,,,", "time:timestamp", "is empty");
}

TEST_CASE("a malformed line is named by its number and column") {
    const std::string good = "A1,Send for Credit Collection,2006-07-03T12:00:00+02:00,,,,,,,,,,,,\n";
    check_malformed(header + good + good + "A1,Payment,2006-07-03T12:00:00+02:00,,35.0,3x.0,,,,,,,,,\n" + good, 4, "paymentAmount",
                    "'3x.0' is not an amount like 62.59, in euros");
    check_line(",Add penalty,2006-07-03T12:00:00+02:00,71.5,,,,,,,,,,,", "case", "is empty");
    check_line("A\xc3\xa8,Add penalty,2006-07-03T12:00:00+02:00,71.5,,,,,,,,,,,", "case",
               "'A?\?' holds a quote or what is not printable ASCII");
    check_line(std::string(251, 'A') + ",Add penalty,2006-07-03T12:00:00+02:00,71.5,,,,,,,,,,,", "case",
               '\'' + std::string(40, 'A') + "...' is too long");
    check_line("A1,,2006-07-03T12:00:00+02:00,,,,,,,,,,,,", "concept:name", "is empty");
    check_line("A1,add penalty,2006-07-03T12:00:00+02:00,71.5,,,,,,,,,,,", "concept:name", "'add penalty' is not an activity of this log");
    check_line("A1,Add penalty,2006-07-03T12:00:00+02:00,,,,,,,,,,,,", "amount", "is empty");
    check_line("A1,Payment,2006-07-03T12:00:00+02:00,,35.0,,,,,,,,,,", "paymentAmount", "is empty");
    check_line("A1,Payment,2006-07-03T12:00:00+02:00,,x,35.0,,,,,,,,,", "totalPaymentAmount", "'x' is not an amount like 62.59, in euros");
    check_line("A1,Send Fine,2006-07-03T12:00:00+02:00,,,,,,,,,,,,", "expense", "is empty");
    check_line("A1,Create Fine,2006-07-03T12:00:00+02:00,35.0,0.0,,,157a,0,A,538,NIL,,,", "article", "'157a' is not a whole number");
    check_line("A1,Create Fine,2006-07-03T12:00:00+02:00,35.0,0.0,,,157,2147483648,A,538,NIL,,,", "points",
               "'2147483648' is not a whole number");
    check_line("A1,Create Fine,2006-07-03T12:00:00+02:00,35.0,0.0,,,157,0,\"A\",538,NIL,,,", "vehicleClass",
               "'\"A\"' holds a quote or what is not printable ASCII");
}

TEST_CASE("a line with too few or too many columns is named by the first one that is wrong") {
    check_line("A1,Payment,2006-07-03T12:00:00+02:00,,35.0", "paymentAmount", "the line ends before it");
    check_line("", "concept:name", "the line ends before it");
    check_line("A1,Payment,2006-07-03T12:00:00+02:00,,35.0,35.0,,,,,,,,,,", "16", "there is no such column: the header names 15");
}

TEST_CASE("nothing that stands in a line is lost") {
    check_line("A1,Payment,2006-07-03T12:00:00+02:00,,35.0,35.0,13.5,,,,,,,,", "expense",
               "'13.5' stands where a line of 'Payment' has nothing");
    check_line("A1,Send for Credit Collection,2006-07-03T12:00:00+02:00,,,,,,,,,,,,x", "matricola",
               "'x' stands where a line of 'Send for Credit Collection' has nothing");
}

TEST_CASE("a line that does not end is refused before it fills the memory") {
    const std::string start = "A1,Create Fine,2006-07-03T12:00:00+02:00,35.0,0.0,,,157,0,";
    check_line(start + std::string(1 << 20, 'A') + ",538,NIL,,,", "vehicleClass", "the line goes on behind its first 4096 bytes");
    check_malformed(std::string(1 << 20, 'c'), 1, "case", "the line goes on behind its first 4096 bytes");
    const std::string end = ",538,NIL,,,";
    const std::string longest(command_reader::max_line - start.size() - end.size(), 'A');
    CHECK(only<create_fine>(start + longest + end).vehicle_class == longest);
    CHECK(only<create_fine>(start + longest + end + "\r").vehicle_class == longest);
    check_line(start + longest + 'A' + end, "matricola", "the line goes on behind its first 4096 bytes");
}

TEST_CASE("a file without the header of the log is refused") {
    check_malformed("", 1, "case", "there is no header, the input is empty");
    check_malformed("A1,Add penalty,2006-07-03T12:00:00+02:00,71.5,,,,,,,,,,,\n", 1, "case", "the header says 'A1' in its place");
    std::string swapped = header;
    swapped.replace(swapped.find("amount"), 6, "expense");
    check_malformed(swapped, 1, "amount", "the header says 'expense' in its place");
    check_malformed("case,concept:name\n", 1, "time:timestamp", "the line ends before it");
}

TEST_CASE("an input that breaks is not taken for its end") {
    struct broken_buffer : std::streambuf {
        int_type underflow() override { throw std::runtime_error("the disk is gone"); }
    } buffer;
    std::istream in(&buffer);
    CHECK_THROWS_WITH_AS(command_reader{in}, "the input cannot be read behind line 0", acta::failure);
}
