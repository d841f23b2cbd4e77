// A whole store: bytes of its file and of its write-ahead log behind it, with the number of the file's pages of 512 bytes as the last two bytes.
// Opened, read every way, verified, appended to and read again: every event that is delivered is the one that was written at that position.
#include <acta/store/sqlite.hpp>

#include "fuzzing.hpp"
#include "support/account_events.hpp"
#include "support/power_disk.hpp"

#include <algorithm>
#include <map>

using namespace fuzzing;

namespace {

const std::string file = "/bank.acta", write_ahead = file + "-wal";
constexpr std::size_t page_size = 512;

struct written {
    std::string stream{}, type{}, payload{}, tags{};
    acta::version version = 0;
    friend bool operator==(const written&, const written&) = default;
};
using history = std::map<acta::position, written>;

tests::power_disk& disk() {
    static tests::power_disk one;
    return one;
}

written copy(const acta::log& from, const acta::stored_event& event) {
    written one{.stream = std::string(event.stream),
                .type = from.type(event.type).name,
                .payload = std::string(acta::text_of(event.payload)),
                .version = event.version};
    for (const std::string_view tag : event.tags) one.tags.append(tag).append(" ");
    return one;
}

acta::stream_name stream_of(int number) { return {"account", std::to_string(number % 3)}; }

acta::append_request booking(int number) {
    using namespace tests;
    acta::append_request one;
    one.writes.push_back({stream_of(number),
                          acta::any,
                          {opened{"somebody"}, withdrawn{number} | acta::tagged("month", std::to_string(number)), deposited{5}}});
    return one;
}

void append(acta::log& to, const acta::append_request& one) {
    if (!to.append(one)) broken("an append that expects nothing is in no conflict");
}

/// The history: append `number` is answered, and from the fourth on keeps a snapshot of what its stream was before.
constexpr int appends = 7;
acta::command_id id_of(int number) { return acta::command_id("order-" + std::to_string(number)); }
std::vector<std::byte> kept_by(int number) { return std::vector<std::byte>(5, static_cast<std::byte>(number)); }
acta::snapshot snapshot_by(int number) { return {stream_of(number), number / 3 * 3, (number - 2) * 3, 7, kept_by(number)}; }

void append_to_history(acta::log& to, int number) {
    acta::append_request one = booking(number);
    one.id = id_of(number), one.command = "book", one.answer = kept_by(number);
    if (number >= 3) one.snapshot = snapshot_by(number);
    append(to, one);
}

/// An answer or a snapshot may be lost with the pages that held it; what is told is what was written.
void check_kept(const acta::log& log) {
    for (int number = 0; number < appends; ++number) {
        if (const auto found = log.find_answer(id_of(number))) {
            const acta::appended& what = found->what;
            if (found->command != "book" || what.first_position != 3 * number + 1 || what.last_position != 3 * number + 3 ||
                what.versions != std::vector<acta::version>{3 * (number / 3 + 1)} || what.answer != kept_by(number))
                broken("an answer is the one that was given");
        }
        if (const auto found = log.find_snapshot(stream_of(number))) {
            const auto by = static_cast<int>(found->position / 3) + 2;
            const acta::snapshot right = snapshot_by(by);
            if (by < 3 || by >= appends || right.stream != stream_of(number) || found->stream != right.stream ||
                found->version != right.version || found->position != right.position || found->fingerprint != right.fingerprint ||
                found->data != right.data)
                broken("a snapshot is one that was kept");
        }
    }
}

/// The seeds: an empty store, one that was closed, one whose writer was killed, and one killed behind a checkpoint. All of one history.
struct seeds {
    std::vector<tests::power_disk::image> all{};
    history truth{};

    seeds() {
        {
            sqlite3* on = nullptr;  // acta makes its tables in an empty file, whose pages are already small
            sqlite3_open_v2(file.c_str(), &on, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, disk().name().c_str());
            sqlite3_exec(on, "PRAGMA page_size=512; CREATE TABLE t (x); DROP TABLE t; VACUUM", nullptr, nullptr, nullptr);
            sqlite3_close(on);
        }
        const acta::options how{.vfs = disk().name()};
        acta::sqlite_log(file, how);
        keep();
        {
            acta::sqlite_log log(file, how);
            for (int i = 0; i < 4; ++i) append_to_history(log, i);
            keep();
        }
        keep();
        {
            acta::sqlite_log log(file, how);
            for (int i = 4; i < appends; ++i) append_to_history(log, i);
            keep();
            for (const acta::stored_event& event : log.read()) truth.emplace(event.position, copy(log, event));
        }
        keep();
    }
    void keep() { all.push_back(disk().contents()); }
};
const seeds& sown() {
    static const seeds once;
    return once;
}

std::string input_of(const tests::power_disk::image& image) {
    std::string out;
    const auto add = [&](const std::string& name) {
        if (const auto at = image.find(name); at != image.end()) out.append(at->second.begin(), at->second.end());
    };
    add(file);
    const std::size_t pages = out.size() / page_size;
    add(write_ahead);
    out += static_cast<char>(pages & 255), out += static_cast<char>(pages >> 8);
    return out;
}

tests::power_disk::image image_of(const std::uint8_t* data, std::size_t size) {
    const std::size_t pages = data[size - 2] | static_cast<std::size_t>(data[size - 1]) << 8, main = std::min(size - 2, pages * page_size);
    tests::power_disk::image out;
    out[file].assign(data, data + main);
    if (main < size - 2) out[write_ahead].assign(data + main, data + size - 2);
    return out;
}

/// Answers how many events were delivered, each as it was written.
std::size_t check_events(const acta::log& log, const history& truth) {
    std::size_t count = 0;
    for (const acta::stored_event& event : log.read()) {
        if (event.position != static_cast<acta::position>(++count)) broken("positions have no gap");
        const auto at = truth.find(event.position);
        if (at == truth.end() || !(at->second == copy(log, event))) broken("what is delivered is what was written");
    }
    return count;
}

void read_every_way(const acta::sqlite_log& log, const history& truth) {
    const std::size_t count = check_events(log, truth);
    for (const acta::stored_event& event : log.read({.direction = acta::direction::backward}))
        if (!(truth.at(event.position) == copy(log, event))) broken("backwards it is the same");
    std::size_t in_streams = 0, tagged = 0;
    for (const acta::stream_info& each : log.streams(0, 1'000))
        for (const acta::stored_event& event : log.read(each.name)) {
            if (!(truth.at(event.position) == copy(log, event))) broken("a stream has the same events");
            ++in_streams;
        }
    for (const acta::stored_event& event : log.read({.query = {{acta::query_item{.tags = {acta::tag("kind", "debit")}}}}})) {
        if (!(truth.at(event.position) == copy(log, event))) broken("a query finds the same events");
        ++tagged;
    }
    check_kept(log);
    if ((in_streams != count || 3 * tagged != count) && log.verify().sound()) broken("verify finds what an index hides");
}

void use(const history& truth) {
    const acta::options how{.vfs = disk().name()};
    answers([&] {
        acta::sqlite_log log(file, how);
        const bool sound = log.verify().sound();
        if (!answers([&] { read_every_way(log, truth); }) && sound) broken("what verify finds sound can be read");
        const acta::position before = log.head();
        append(log, booking(0));
        if (log.head() != before + 3) broken("what was appended is the head");
        if (sound)
            check_events(log, [&] {
                history longer = truth;  // what stood behind the end is not there
                longer.erase(longer.upper_bound(before), longer.end());
                for (const acta::stored_event& event : log.read({.after = before})) longer.emplace(event.position, copy(log, event));
                return longer;
            }());
    });
}

}  // namespace

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" int LLVMFuzzerInitialize(int*, char***) {
    for (const auto& image : sown().all) {
        disk().load(image);
        use(sown().truth);
    }
    return 0;
}

/// What is too small to be a store becomes one of the seeds, so that no corpus has to be kept; so does one in four, as a store with one thing wrong
/// goes further than one with many. Then a few bytes are others, or a page stands in another's place, or libFuzzer does what it likes.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    static const std::vector<std::string> inputs = [] {
        std::vector<std::string> out;
        for (const auto& image : sown().all) out.push_back(input_of(image));
        return out;
    }();
    if (most < page_size) return LLVMFuzzerMutate(data, size, most);
    std::minstd_rand random(seed);
    if (size < page_size || random() % 4 == 0) {
        const std::string& chosen = inputs[random() % inputs.size()];
        size = std::min(chosen.size(), most);
        std::copy_n(chosen.begin(), size, data);
    }
    const std::size_t pages = size / page_size;
    switch (random() % 4) {
    case 0: return LLVMFuzzerMutate(data, size, most);
    case 1: std::copy_n(data + random() % pages * page_size, page_size, data + random() % pages * page_size); return size;
    default:
        for (std::size_t left = 1 + random() % 3; left > 0;) {
            std::uint8_t& byte = data[random() % size];
            if (byte == 0 && random() % 16 != 0) continue;  // most of a page is empty
            byte = static_cast<std::uint8_t>(random() % 2 == 0 ? byte ^ (1U << random() % 8) : random());
            --left;
        }
        return size;
    }
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    disk().load(image_of(data, size));
    use(sown().truth);
    return 0;
}
