// What becomes of hostile bytes: whoever touches them is a process of its own, within limits.
#include "judging.hpp"

#include <acta/event/json.hpp>

#include <event/text.hpp>

#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>

namespace tests {

using namespace acta;

namespace {

constexpr rlim_t seconds_of_work = sanitized ? 30 : 5;
constexpr unsigned seconds_of_waiting = sanitized ? 90 : 15;  // a loaded machine makes everybody wait
constexpr rlim_t memory = rlim_t{1} << 30;
constexpr std::size_t longest_sentence = 2'000;
constexpr std::size_t in_one_page = 16;

/// Nothing may end the line, or be cut off by the pipe.
std::string in_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', '\x01');  // which is no sentence either
    return text.substr(0, longest_sentence + 1);
}

std::string refusal_of(const failure& why) { return std::to_string(static_cast<int>(why.code())) + " " + in_one_line(why.what()); }

std::pair<errc, std::string> read_refusal(const std::string& line) {
    const auto space = line.find(' ');
    return {static_cast<errc>(std::stoi(line)), line.substr(space + 1)};
}

void limit() {
    ::alarm(seconds_of_waiting);
    const rlimit most{memory, memory}, no_core{0, 0}, work{seconds_of_work, seconds_of_work};
    ::setrlimit(RLIMIT_CPU, &work);
    if (!sanitized) ::setrlimit(RLIMIT_AS, &most);
    ::setrlimit(RLIMIT_CORE, &no_core);
}

/// In pages, so that what was right before a refusal is known to be.
template <class Read>
std::size_t count_right(const std::vector<seen>& good, const Read& read_behind) {
    std::size_t count = 0;
    for (;;) {
        const std::vector<seen> page = read_behind(count);
        for (const seen& one : page)
            if (count >= good.size() || !(one == good[count++])) throw std::runtime_error("a wrong event");
        if (page.size() < in_one_page) return count;
    }
}

void render(const sqlite_log& log) {
    std::map<type_id, layout> layouts;
    for (const stored_type& type : log.types()) layouts.emplace(type.id, layout::from_text(type.layout_text));
    for (const stored_event& event : log.read()) (void)payload_to_json(layouts.at(event.type), event.payload);
}

void read_every_way(const sqlite_log& log, const written& good, const child::voice& parent) {
    try {
        const std::size_t count = count_right(good.events, [&](std::size_t behind) {
            auto page = read_all(log, {.after = static_cast<position>(behind), .limit = in_one_page});
            parent.tell("seen " + std::to_string(behind));
            return page;
        });
        parent.tell("seen " + std::to_string(count));
        if (!tells_all(log, good)) parent.tell("hides");
        render(log);
    } catch (const failure& why) { return parent.tell("refused " + refusal_of(why)); } catch (const std::exception& why) {
        return parent.tell("wrong " + in_one_line(why.what()));
    }
    parent.tell("read");
}

}  // namespace

bool is_code_for_stored_bytes(errc code) {
    return code == errc::damaged || code == errc::not_a_store || code == errc::newer_format || code == errc::io || code == errc::misuse;
}

contained contain(const std::function<void(const child::voice&)>& work) {
    child other([&](const child::voice& parent) {
        limit();
        work(parent);
        return 0;
    });
    contained out;
    while (auto line = other.hear()) out.lines.push_back(std::move(*line));
    out.code = other.wait();
    return out;
}

bool is_due() {
    if (!sanitized) return true;
    static std::size_t asked = 0;
    static const void* said_in = nullptr;
    const void* const now = doctest::getContextOptions()->currentTest;
    if (said_in != now) MESSAGE("under a sanitizer: one in nine of the cases");
    said_in = now;
    return asked++ % 9 == 0;
}

bool is_sentence(const std::string& text, const std::filesystem::path& file) {
    return text.size() > 20 && text.size() <= longest_sentence && detail::printable_utf8(text) && says(text, file.filename().string());
}

answer ask(const std::filesystem::path& file, const std::function<void()>& call) {
    const contained end = contain([&](const child::voice& parent) {
        try {
            call();
        } catch (const failure& why) { parent.tell(refusal_of(why)); }
    });
    CHECK(end.code == 0);
    if (end.lines.empty()) return {};
    const auto [code, sentence] = read_refusal(end.lines.front());
    CAPTURE(sentence);
    CHECK(is_sentence(sentence, file));
    return {true, code, sentence};
}

judged judge(const std::filesystem::path& store, const written& good) {
    const contained end = contain([&](const child::voice& parent) {
        try {
            const sqlite_log log(store, {.create = false, .read_only = true});
            read_every_way(log, good, parent);
            for (const std::string& each : log.verify().findings) parent.tell("finding " + in_one_line(each));
        } catch (const failure& why) {
            parent.tell("refused " + refusal_of(why));
            parent.tell("finding " + in_one_line(why.what()));
        }
    });
    judged out;
    bool read = false, hides = false;
    for (const std::string& line : end.lines) {
        const std::string word = line.substr(0, line.find(' ')), rest = line.substr(line.find(' ') + 1);
        if (word == "seen") out.seen = std::stoul(rest);
        if (word == "read") read = true, out.read = out.seen == good.events.size() ? judged::ending::all : judged::ending::beginning;
        if (word == "finding") out.findings.push_back(rest);
        if (word == "hides") hides = true;
        if (word == "wrong") FAIL_CHECK(rest);
        if (word != "refused" || read) continue;
        out.read = judged::ending::refused;
        std::tie(out.code, out.sentence) = read_refusal(rest);
    }
    CAPTURE(out.sentence);
    CHECK(end.code == 0);
    CHECK(out.read != judged::ending::wrong);
    if (hides) CHECK_FALSE(out.sound());
    for (const std::string& finding : out.findings) CHECK_MESSAGE(detail::printable_utf8(finding), finding);
    if (out.read == judged::ending::refused) {
        CHECK(is_sentence(out.sentence, store));
        CHECK_MESSAGE(is_code_for_stored_bytes(out.code), out.code);
    }
    return out;
}

answer append_one(const std::filesystem::path& store) {
    return ask(store, [&] {
        sqlite_log log(store, {.create = false});
        if (!log.append(account("new"), any, {deposited{7} | tagged("kind", "debit")})) throw std::runtime_error("a conflict with nobody");
    });
}

namespace {

/// Some are commands that were answered, most keep a snapshot of what their stream was before.
std::vector<append_request> requests() {
    std::vector<append_request> out;
    for (int i = 0; i < 18; ++i) {
        append_request one = request(account(std::to_string(i % 3)), any,
                                     {opened{"somebody " + std::to_string(i)}, withdrawn{i} | tagged("month", std::to_string(i % 12)),
                                      deposited{i} | with("reason", "a salary")});
        one.metadata.with_actor("teller-7");
        if (i % 3 == 2) one.id = command_id("order-" + std::to_string(i)), one.command = "book", one.answer.assign(5, std::byte{9});
        if (i >= 3) one.snapshot = {account(std::to_string(i % 3)), i / 3 * 3, (i - 2) * 3, 7, {std::byte{1}, static_cast<std::byte>(i)}};
        out.push_back(std::move(one));
    }
    out.push_back(request(account("5"), none, deposits(4)));
    out.push_back(request(account("large"), none, {opened{std::string(6'000, 'x')}}));  // pages that overflow
    return out;
}

}  // namespace

written make_store(const std::filesystem::path& file) {
    sqlite_log log(file);
    for (const append_request& one : requests()) REQUIRE(log.append(one));
    return written_by(requests(), log);
}

written make_killed_store(const std::filesystem::path& file) {
    child writer([&](const child::voice& parent) -> int {
        sqlite_log log(file);
        for (const append_request& one : requests()) REQUIRE(log.append(one));
        parent.tell("filled");
        for (;;) ::pause();
    });
    REQUIRE(writer.hear());
    writer.kill();
    writer.wait();
    const files as_killed = files_of(file);
    written good = written_by(requests(), sqlite_log(file, {.read_only = true}));
    put_files(file, as_killed);
    return good;
}

files files_of(const std::filesystem::path& store) {
    files out;
    for (const char* const behind : {"", "-wal"}) {
        const std::filesystem::path file = store.string() + behind;
        constexpr std::uintmax_t most = 64 << 20;  // a test may put a huge file, or no regular one, in the place of a side file
        const bool regular = std::filesystem::symlink_status(file).type() == std::filesystem::file_type::regular;
        if (regular && std::filesystem::file_size(file) <= most) out[behind] = bytes_of_file(file);
    }
    return out;
}

void put_files(const std::filesystem::path& store, const files& all) {
    for (const char* const behind : {"", "-wal", "-shm", "-journal", ".lock", ".notify"})
        std::filesystem::remove_all(store.string() + behind);
    for (const auto& [behind, bytes] : all) write_file(store.string() + behind, bytes);
}

}  // namespace tests
