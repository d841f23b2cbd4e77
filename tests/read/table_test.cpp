#include <acta/event/codec.hpp>
#include <acta/read/table.hpp>

#include "support_memory.hpp"

#include <doctest/doctest.h>

#include <ranges>

namespace {

struct balance {
    std::string id;
    std::int64_t cents = 0;
    std::uint64_t total = 0;
    std::optional<std::string> note;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("cents", cents), acta::field("total", total), acta::field("note", note));
    }
    friend bool operator==(const balance&, const balance&) = default;
};
using balances = acta::table<balance, &balance::id>;
static_assert(std::ranges::input_range<const balances>);

struct monthly {
    std::int32_t year = 0;
    std::int32_t month = 0;
    std::int64_t sum = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("year", year), acta::field("month", month), acta::field("sum", sum));
    }
};
using months = acta::table<monthly, acta::key<&monthly::year, &monthly::month>, &monthly::sum, acta::key<&monthly::month, &monthly::year>>;

struct branching {
    std::int64_t id = 0;
    bool more = false;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id));
        if (!more) ar(acta::field("more", more));
    }
};

struct hidden {
    std::int64_t id = 0;
    std::int64_t secret = 0;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id));
    }
};

enum class size : std::uint8_t { small = 1, large = 200 };
enum class colour { red, green };
std::array<std::pair<colour, std::string_view>, 2> acta_names(colour) { return {{{colour::red, "red"}, {colour::green, "green"}}}; }
using account_id = acta::strong<struct account_id_tag, std::string>;

struct everything {
    account_id id;
    bool flag = false;
    std::int8_t tiny = 0;
    std::uint32_t wide = 0;
    std::uint64_t widest = 0;
    float single = 0;
    double twice = 0;
    size plain = size::small;
    colour named = colour::red;
    std::vector<std::byte> bytes;
    std::chrono::milliseconds took{};
    acta::timestamp when{};
    std::chrono::sys_days day{};
    std::optional<std::string> maybe;
    std::optional<colour> perhaps;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("id", id), acta::field("flag", flag), acta::field("tiny", tiny), acta::field("wide", wide),
           acta::field("widest", widest));
        ar(acta::field("single", single), acta::field("twice", twice), acta::field("plain", plain), acta::field("named", named));
        ar(acta::field("bytes", bytes), acta::field("took", took), acta::field("when", when), acta::field("day", day));
        ar(acta::field("maybe", maybe), acta::field("perhaps", perhaps));
    }
    friend bool operator==(const everything&, const everything&) = default;
};
using everything_table = acta::table<everything, &everything::id, &everything::named>;

struct line {
    std::string article;
    std::int32_t count = 0;
    friend bool operator==(const line&, const line&) = default;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("article", article), acta::field("count", count));
    }
};
struct order {
    std::int64_t number = 0;
    std::string customer;
    std::optional<std::int32_t> rating;
    std::vector<line> lines;
    std::optional<line> gift;
    std::map<std::string, double> rates;
    template <class Archive>
    void serialize(Archive& ar) {
        ar(acta::field("number", number), acta::field("customer", customer), acta::field("rating", rating));
        ar(acta::field("lines", lines), acta::field("gift", gift), acta::field("rates", rates));
    }
    friend bool operator==(const order&, const order&) = default;
};
using orders = acta::table<order, &order::number, &order::customer, acta::key<&order::rating, &order::customer>>;

std::vector<std::int64_t> numbers(auto&& rows) {
    std::vector<std::int64_t> out;
    for (const order& row : rows) out.push_back(row.number);
    return out;
}
using found = std::vector<std::int64_t>;

std::vector<std::string> ids(const balances& rows) {
    std::vector<std::string> out;
    for (const balance& row : rows) out.push_back(row.id);
    return out;
}

}  // namespace

ACTA_JSON_COLUMNS(line, std::vector<line>, std::map<std::string, double>);

TEST_CASE("[] makes a row with its key filled in, and finds it again") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    rows["ada"].cents += 5;
    rows["ada"].cents += 2;
    CHECK(rows["ada"].id == "ada");
    CHECK(rows.find("ada")->cents == 7);
    CHECK_FALSE(rows.find("bob"));
    CHECK(rows.size() == 1);
    CHECK(rows.contains("ada"));
    CHECK_FALSE(rows.empty());
}

TEST_CASE("rows are in SQL once they are flushed, and not before") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    rows["ada"].cents = 7;
    rows.settle();
    CHECK(model.number("SELECT count(*) FROM balance") == 0);
    rows.flush();
    CHECK(model.number("SELECT cents FROM balance WHERE id = 'ada'") == 7);
    rows["ada"].cents = 8;
    rows.settle();
    rows.flush();
    CHECK(model.number("SELECT cents FROM balance WHERE id = 'ada'") == 8);
    CHECK(model.number("SELECT count(*) FROM balance") == 1);
}

TEST_CASE("edit refuses a key that has no row, and says which") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    const auto why = sentence_of([&] { rows.edit("ada").cents = 1; });
    CHECK(has(why, "'balance'"));
    CHECK(has(why, "'ada'"));
    rows["ada"];
    rows.edit("ada").cents = 1;
    CHECK(rows.find("ada")->cents == 1);
}

TEST_CASE("put writes over a row, erase takes it away, in memory and in SQL") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    rows.put({"ada", 1, 0, "first"});
    rows.put({"ada", 2, 0, {}});
    rows.put({"bob", 3, 0, {}});
    CHECK(rows.find("ada") == balance{"ada", 2, 0, {}});
    rows.settle();
    rows.flush();
    CHECK(rows.erase("ada"));
    CHECK_FALSE(rows.erase("ada"));
    CHECK_FALSE(rows.find("ada"));
    CHECK(rows.size() == 1);
    rows.settle();
    rows.flush();
    CHECK(model.text("SELECT group_concat(id) FROM balance") == "bob");
    rows["ada"].cents = 9;
    CHECK(rows.find("ada") == balance{"ada", 9, 0, {}});
}

TEST_CASE("a row that is made again after erase begins anew") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    rows["ada"].cents = 7;
    rows.erase("ada");
    CHECK(rows["ada"].cents == 0);
}

TEST_CASE("iteration is in the order of the keys and sees the newest rows") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    for (const char* const id : {"c", "a", "b", "Z"}) rows[id];
    CHECK(ids(rows) == std::vector<std::string>{"Z", "a", "b", "c"});
    rows.erase("b");
    rows["aa"];
    CHECK(ids(rows) == std::vector<std::string>{"Z", "a", "aa", "c"});
}

TEST_CASE("a reference that was taken before an iteration may still be written through") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    balance& ada = rows["ada"];
    CHECK(ids(rows).size() == 1);  // writes what is dirty
    ada.cents = 11;
    rows.settle();
    rows.flush();
    CHECK(model.number("SELECT cents FROM balance WHERE id = 'ada'") == 11);
}

TEST_CASE("rows that were stored before are found, edited and counted") {
    memory_model model;
    {
        balances rows{"balance"};
        model.create(rows);
        rows["ada"].cents = 7;
        rows["bob"].note = "hello";
        rows.settle();
        rows.flush();
    }
    balances rows{"balance"};
    model.create(rows);
    CHECK(rows.find("bob")->note == "hello");
    CHECK_FALSE(rows.find("eve"));
    rows["ada"].cents += 1;
    rows.edit("bob").note.reset();
    CHECK(rows.size() == 2);
    rows.settle();
    rows.flush();
    CHECK(model.number("SELECT cents FROM balance WHERE id = 'ada'") == 8);
    CHECK(model.number("SELECT note IS NULL FROM balance WHERE id = 'bob'") == 1);
}

TEST_CASE("a row of every type comes back from SQL as it was") {
    memory_model model;
    everything full{account_id("a"),
                    true,
                    -128,
                    4294967295U,
                    9223372036854775807U,
                    0.1F,
                    -1e300,
                    size::large,
                    colour::green,
                    {std::byte{0}, std::byte{9}},
                    std::chrono::milliseconds(-5),
                    acta::timestamp(std::chrono::microseconds(1'700'000'000'123'456)),
                    std::chrono::sys_days(std::chrono::days(-1)),
                    std::string("with \0 inside", 13),
                    colour::red};
    everything bare;
    bare.id = account_id("b");
    {
        everything_table rows{"everything"};
        model.create(rows);
        rows.put(full);
        rows.put(bare);
        rows.settle();
        rows.flush();
    }
    everything_table rows{"everything"};
    model.create(rows);
    CHECK(rows.find(account_id("a")) == full);
    CHECK(rows.find(account_id("b")) == bare);
    std::vector<everything> all;
    for (const everything& row : rows) all.push_back(row);
    CHECK(all == std::vector<everything>{full, bare});
    CHECK(model.text("SELECT typeof(flag) || named || typeof(bytes) || typeof(single) || plain || day FROM everything WHERE id = 'a'") ==
          "integergreenblobreal200-1");
    CHECK(model.number("SELECT maybe IS NULL AND perhaps IS NULL FROM everything WHERE id = 'b'") == 1);
}

TEST_CASE("beyond its memory a table lets go of rows between events, and finds them again") {
    memory_model model;
    balances rows{"balance", {.memory = 20'000}};
    model.create(rows);
    for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 1'000; ++i) {
            rows["account-with-a-long-name-" + std::to_string(i)].cents += 1;
            rows.settle();
        }
    rows.flush();
    CHECK(model.number("SELECT count(*) FROM balance WHERE cents = 3") == 1'000);
    CHECK(rows.size() == 1'000);
    rows.erase("account-with-a-long-name-3");
    for (int i = 0; i < 1'000; ++i) {
        rows["other-" + std::to_string(i)];
        rows.settle();
    }
    CHECK_FALSE(rows.find("account-with-a-long-name-3"));
}

TEST_CASE("references hold within one event, however little memory there is") {
    memory_model model;
    balances rows{"balance", {.memory = 1}};
    model.create(rows);
    std::vector<balance*> held;
    for (int i = 0; i < 100; ++i) held.push_back(&rows[std::to_string(i)]);
    for (balance* const row : held) row->cents = 5;
    rows.settle();
    CHECK(model.number("SELECT count(*) FROM balance WHERE cents = 5") == 100);
}

TEST_CASE("a key of several columns is a tuple") {
    memory_model model;
    months rows{"month"};
    model.create(rows);
    rows[{2013, 5}].sum = 7;
    rows[{2013, 4}].sum = 6;
    rows[{2012, 12}].sum = 5;
    std::string order;
    for (const monthly& row : rows) order += std::to_string(row.year) + "/" + std::to_string(row.month) + " ";
    CHECK(order == "2012/12 2013/4 2013/5 ");
    CHECK(rows.find({2013, 4})->sum == 6);
    CHECK(rows.erase({2013, 4}));
    CHECK(rows.size() == 2);
    CHECK(model.number("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'month' AND name LIKE 'acta_month_by_%'") ==
          2);
}

TEST_CASE("a key that was changed through a reference is found at flush and refused") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    rows["ada"].id = "bob";
    rows.settle();
    const auto why = sentence_of([&] { rows.flush(); });
    CHECK(has(why, "'balance'"));
    CHECK(has(why, "'ada'"));
    CHECK(has(why, "changed through a reference"));
}

TEST_CASE("a number too large for SQL is refused at flush with table, row and column") {
    memory_model model;
    balances rows{"balance"};
    model.create(rows);
    rows["ada"].total = 9223372036854775807U;
    rows.settle();
    rows.flush();
    CHECK(rows.find("ada")->total == 9223372036854775807U);
    rows["ada"].total += 1;
    rows.settle();
    const auto why = sentence_of([&] { rows.flush(); });
    CHECK(has(why, "'balance'"));
    CHECK(has(why, "'ada'"));
    CHECK(has(why, "'total'"));
}

TEST_CASE("a serialize() that branches is refused") {
    memory_model model;
    acta::table<branching, &branching::id> rows{"branching"};
    model.create(rows);
    rows[1].more = true;
    rows.settle();
    CHECK(has(sentence_of([&] { rows.flush(); }), "must not branch"));
}

TEST_CASE("a table that no read model knows of says how to name it") {
    balances rows{"balance"};
    CHECK(has(sentence_of([&] { rows["ada"]; }), "tables()"));
    CHECK(has(sentence_of([&] { (void)rows.find("ada"); }), "tables()"));
    CHECK(has(sentence_of([&] { (void)rows.size(); }), "tables()"));
    CHECK(has(sentence_of([&] { (void)rows.begin(); }), "tables()"));
}

TEST_CASE("an index over a member that is no column is refused") {
    const auto why = sentence_of([] { acta::table<hidden, &hidden::id, &hidden::secret> rows{"hidden"}; });
    CHECK(has(why, "'hidden'"));
    CHECK(has(why, "does not name"));
}

TEST_CASE("a table opened for reading finds and iterates, and changes nothing") {
    memory_model model;
    balances live{"balance"};
    model.create(live);
    live["ada"].cents = 7;
    live.settle();
    live.flush();

    balances shown{"balance"};
    model.read(shown);
    const balances& rows = shown;
    CHECK(rows.find("ada")->cents == 7);
    CHECK_FALSE(rows.find("bob"));
    CHECK(rows.size() == 1);
    CHECK(ids(rows) == std::vector<std::string>{"ada"});
    CHECK(has(sentence_of([&] { shown["ada"].cents = 8; }), "opened for reading"));
    CHECK(has(sentence_of([&] { shown.erase("ada"); }), "opened for reading"));
    CHECK(has(sentence_of([&] { shown.put({"bob", 1, 0, {}}); }), "opened for reading"));
    CHECK(model.number("SELECT cents FROM balance") == 7);
}

TEST_CASE("a range of keys or of an index is in its order, and sees the newest rows") {
    memory_model model;
    orders rows{"order"};
    model.create(rows);
    for (const auto& [number, customer, rating] :
         {std::tuple(5, "bob", std::optional<int>(3)), std::tuple(1, "eve", std::optional<int>()),
          std::tuple(3, "ada", std::optional<int>(3)), std::tuple(4, "bob", std::optional<int>(1))}) {
        order& row = rows[number];
        row.customer = customer;
        row.rating = rating;
    }
    static_assert(std::ranges::input_range<acta::table_rows<order>>);
    CHECK(numbers(rows.between(3, 4)) == found{3, 4});
    CHECK(numbers(rows.from(4)) == found{4, 5});
    CHECK(numbers(rows.up_to(1)) == found{1});
    CHECK(numbers(rows.between(9, 1)).empty());
    CHECK(numbers(rows.equal<&order::customer>("bob")) == found{4, 5});
    CHECK(numbers(rows.between<&order::customer>("ada", "bob")) == found{3, 4, 5});
    CHECK(numbers(rows.from<&order::rating>(1)) == found{4, 3, 5});  // rows without a rating are in no range
    CHECK(numbers(rows.between<acta::key<&order::rating, &order::customer>>({1, "c"}, {3, "ada"})) == found{3});
    rows[4].customer = "zoe";
    rows.erase(5);
    CHECK(numbers(rows.equal<&order::customer>("bob")).empty());
    CHECK(numbers(rows.from<&order::customer>("y")) == found{4});
    acta::detail::statement plan(model.on(),
                                 "EXPLAIN QUERY PLAN SELECT * FROM \"order\" WHERE (rating, customer) >= (1, 'c') ORDER BY rating, "
                                 "customer, number");
    REQUIRE(plan.step());
    CHECK(has(std::string(plan.text(3)), "acta_order_by_rating_customer"));
    CHECK_FALSE(plan.step());  // no sorting
}

TEST_CASE("nested and list fields are JSON text, and come back as they were") {
    memory_model model;
    const order full{7, "ada", 5, {{"pen", 2}, {"ink", 1}}, line{"card", 1}, {{"vat", 0.19}}};
    {
        orders rows{"order"};
        model.create(rows);
        rows.put(full);
        rows[8];
        rows.settle();
        rows.flush();
    }
    CHECK(model.text("SELECT lines FROM \"order\" WHERE number = 7") == R"([{"article":"pen","count":2},{"article":"ink","count":1}])");
    CHECK(model.text("SELECT json_extract(gift, '$.article') FROM \"order\" WHERE number = 7") == "card");
    CHECK(model.number("SELECT gift IS NULL AND lines = '[]' AND rates = '{}' FROM \"order\" WHERE number = 8") == 1);
    orders rows{"order"};
    model.create(rows);
    CHECK(rows.find(7) == full);
    rows[7].lines.front().count = 3;
    CHECK(numbers(rows.from(8)) == found{8});
    CHECK(model.text("SELECT json_extract(lines, '$[0].count') FROM \"order\" WHERE number = 7") == "3");
    rows.settle();
    rows.flush();
    model.run("UPDATE \"order\" SET rates = '[' WHERE number = 8");
    const auto why = sentence_of([&] {
        orders again{"order"};
        model.create(again);
        (void)again.find(8);
    });
    CHECK(has(why, "'rates'"));
    CHECK(has(why, "it is not JSON"));
}

TEST_CASE("long texts count as memory from the event on that brings them") {
    memory_model model;
    balances rows{"balance", {.memory = 1'000'000}};
    model.create(rows);
    for (int i = 0; i < 20; ++i) {
        rows[std::to_string(i)].note = std::string(100'000, 'x');
        rows.settle();
    }
    CHECK(model.number("SELECT count(*) FROM balance") >= 10);
    CHECK(rows.find("0")->note->size() == 100'000);
    CHECK(rows.size() == 20);
}
