// A store in a file and a model of it are taken through the same random steps and answer the same; the steps to a difference are shrunk.
#include <acta/store/sqlite.hpp>
#include <acta/testing/log_contract.hpp>

#include "model.hpp"
#include "steps.hpp"
#include "support/campaign.hpp"
#include "support/temporary.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

using namespace acta;
using namespace tests;

namespace {

std::string counted(position head, std::uint64_t entries, std::size_t streams, std::uint64_t tags, std::size_t commands,
                    std::size_t snapshots) {
    return "head " + std::to_string(head) + ", " + std::to_string(entries) + " entries, " + std::to_string(streams) + " streams, " +
           std::to_string(tags) + " tags, " + std::to_string(commands) + " commands, " + std::to_string(snapshots) + " snapshots\n";
}

class the_store final : public subject {
public:
    explicit the_store(std::uint64_t seed) : how_{.max_event_size = largest_note, .clock = &clock, .checkpoint_pages = 4 + seed % 60} {
        if (seed % 2 == 0) how_.durability = durability::process_crash;
        log_.emplace(here_ / "notes.acta", how_);
    }
    acta::log& log() override { return *log_; }
    void reopen(bool read_only) override {
        log_.reset();
        how_.read_only = read_only;
        log_.emplace(here_ / "notes.acta", how_);
    }
    std::string verify() override {
        const verified found = log_->verify();
        std::string out = counted(found.head, found.entries, found.streams, found.tags, found.commands, found.snapshots);
        for (const std::string& each : found.findings) out += each + "\n";
        return out;
    }

private:
    folder here_;
    options how_;
    std::optional<sqlite_log> log_;
};

class the_model final : public subject {
public:
    explicit the_model(flaw wrong) : log_(clock, largest_note, wrong) {}
    acta::log& log() override { return log_; }
    void reopen(bool read_only) override { log_.set_read_only(read_only); }
    std::string verify() override {
        return counted(log_.head(), log_.entries(), log_.streams(0, 1'000).size(), log_.tag_rows(), log_.commands(), log_.snapshots());
    }

private:
    model log_;
};

/// A store and a model side by side.
class pair_of_logs {
public:
    pair_of_logs(std::uint64_t seed, flaw wrong) : store_(seed), model_(wrong) {}

    acta::log& model_log() { return model_.log(); }
    /// Where the answers differ, the first lines that do; else nothing.
    std::optional<std::string> difference(const step& next) {
        const std::string real = answer_of(store_, next), expected = answer_of(model_, next);
        ++answers[expected.substr(0, expected.find(' '))];
        if (real == expected) return std::nullopt;
        std::istringstream all_real(real), all_expected(expected);
        std::string a, b;
        while (a == b && (all_real || all_expected)) {
            if (!std::getline(all_real, a)) a = "nothing more";
            if (!std::getline(all_expected, b)) b = "nothing more";
        }
        return "the store answers " + a + "\nthe model answers " + b;
    }

    std::map<std::string, std::uint64_t> answers{};  // how many began with which word

private:
    static std::string answer_of(subject& one, const step& next) {
        one.clock.advance(std::chrono::milliseconds(1));
        try {
            return next.take(one);
        } catch (const std::exception& why) { return std::string("breaks off: ") + why.what(); }
    }

    the_store store_;
    the_model model_;
};

/// Nothing where the two agree to the end.
std::optional<std::string> difference_in(const script& all, std::uint64_t seed, flaw wrong) {
    pair_of_logs both(seed, wrong);
    for (const step& next : all)
        if (const auto found = both.difference(next)) return found;
    return std::nullopt;
}

struct drawn {
    script all{};
    bool differs = false;  // at the last step
    std::map<std::string, std::uint64_t> answers{};
};

/// Draws a script while it is run, to its end or to the first difference.
drawn draw(std::uint64_t seed, flaw wrong) {
    constexpr std::size_t usual = 100, short_ones = 30;
    std::mt19937_64 random(seed);
    const bool many = seed % 8 == 0;
    drawing from(random, many);
    pair_of_logs both(seed, wrong);
    drawn out;
    const auto take = [&](step next) {
        out.all.push_back(std::move(next));
        out.differs = both.difference(out.all.back()).has_value();
    };
    while (out.all.size() < (many ? short_ones : usual) && !out.differs) take(from.next(both.model_log()));
    for (step& next : drawing::last_steps())
        if (!out.differs) take(std::move(next));
    out.answers = both.answers;
    return out;
}

/// Leaves out steps as long as the two still differ, in large chunks and then one by one.
bool leave_out(script& all, std::uint64_t seed, flaw wrong) {
    const std::size_t before = all.size();
    for (std::size_t chunk = all.size() / 2; chunk > 0; chunk /= 2)
        for (std::size_t at = 0; at < all.size();) {
            script less(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(at));
            less.insert(less.end(), all.begin() + static_cast<std::ptrdiff_t>(std::min(at + chunk, all.size())), all.end());
            if (difference_in(less, seed, wrong)) all = std::move(less);
            else at += chunk;
        }
    return all.size() < before;
}

/// Leaves out parts of steps.
bool simplify(script& all, std::uint64_t seed, flaw wrong) {
    bool simpler = false;
    for (std::size_t at = 0; at < all.size();) {
        const auto still_differs = [&](const step& less) {
            script one = all;
            one[at] = less;
            return difference_in(one, seed, wrong).has_value();
        };
        const std::vector<step> ways = all[at].simpler();
        const auto found = std::find_if(ways.begin(), ways.end(), still_differs);
        if (found == ways.end()) ++at;
        else all[at] = *found, simpler = true;
    }
    return simpler;
}

script shrunk(script all, std::uint64_t seed, flaw wrong) {
    while (leave_out(all, seed, wrong) || simplify(all, seed, wrong)) {}
    return all;
}

std::string text_of_script(const script& all, std::uint64_t seed, flaw wrong) {
    std::string out;
    for (std::size_t i = 0; i < all.size(); ++i) out += std::to_string(i + 1) + ". " + all[i].words + "\n";
    return out + difference_in(all, seed, wrong).value_or("and now they do not differ");
}

std::map<std::string, std::uint64_t> compare_again_and_again(std::uint64_t scripts, flaw wrong) {
    campaign run(scripts);
    MESSAGE("seed " << run.seed());
    std::uint64_t steps = 0;
    std::map<std::string, std::uint64_t> answers;
    do {
        const std::uint64_t seed = run.seed_of_round();
        CAPTURE(seed);
        const drawn one = draw(seed, wrong);
        steps += one.all.size();
        for (const auto& [word, count] : one.answers) answers[word] += count;
        const std::string shortest = one.differs ? text_of_script(shrunk(one.all, seed, wrong), seed, wrong) : "";
        INFO(shortest);
        REQUIRE_FALSE(one.differs);
    } while (run.next());
    MESSAGE(run.rounds_done() << " scripts of " << steps << " steps; appends: " << answers["stored"] << " stored, " << answers["conflict:"]
                              << " in conflict, " << answers["already"] << " already done, " << answers["throws"] << " refused");
    return answers;
}

}  // namespace

TEST_CASE("the model keeps the contract of a log") {
    acta::testing::log_contract([](const acta::clock& time) { return std::make_unique<model>(time); });
}

TEST_CASE("a store in a file answers whatever it is asked as the model does") {
    auto answers = compare_again_and_again(800, flaw::none);
    for (const char* const word : {"stored", "conflict:", "already", "throws"}) CHECK(answers[word] > 0);
}

TEST_CASE("that test fails on a model that forgets the expected versions" * doctest::should_fail()) {
    compare_again_and_again(20, flaw::forgets_versions);
}

TEST_CASE("that test fails on a model that forgets the conditions" * doctest::should_fail()) {
    compare_again_and_again(20, flaw::forgets_conditions);
}

TEST_CASE("that test fails on a model that forgets the command ids" * doctest::should_fail()) {
    compare_again_and_again(20, flaw::forgets_command_ids);
}

TEST_CASE("that test fails on a model that keeps half of what conflicts" * doctest::should_fail()) {
    compare_again_and_again(20, flaw::keeps_half);
}

TEST_CASE("where a model is wrong, a long script is shrunk to the few steps that show it") {
    for (const flaw wrong : {flaw::forgets_versions, flaw::forgets_conditions, flaw::forgets_command_ids, flaw::keeps_half})
        for (std::uint64_t seed = 1; seed <= 3; seed = seed % 100 + 1) {
            drawn one = draw(seed, wrong);
            while (!one.differs) one = draw(seed += 100, wrong);
            const script few = shrunk(one.all, seed, wrong);
            INFO(text_of_script(few, seed, wrong));
            CHECK(few.size() <= 2);
            CHECK(difference_in(few, seed, wrong));
        }
}
