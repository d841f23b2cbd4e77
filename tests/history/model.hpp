// A log so simple that one sees what it does: a list of events, and all the rest looked for in it. What the real store is compared with.
#pragma once

#include <acta/event/clock.hpp>
#include <acta/store/log.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace tests {

/// What a wrong model leaves out, for the tests that have to notice it.
enum class flaw : std::uint8_t { none, forgets_versions, forgets_conditions, forgets_command_ids, keeps_half };

/// Thread-safe: one call at a time. The clock outlives it.
class model : public acta::log {
public:
    static constexpr std::size_t usual_event_size = 1 << 20;
    explicit model(const acta::clock& time, std::size_t max_event_size = usual_event_size, flaw wrong = flaw::none)
        : clock_(time), max_event_size_(max_event_size), flaw_(wrong) {}

    void set_read_only(bool is) { read_only_ = is; }
    /// Rows of entries, and rows that lead from a tag to an entry.
    std::uint64_t entries() const { return now_.entries; }
    std::uint64_t tag_rows() const { return now_.tag_rows; }
    std::size_t commands() const { return now_.answers.size(); }
    std::size_t snapshots() const { return now_.snapshots.size(); }

    std::vector<acta::append_result> append_all(std::span<const acta::append_request> requests) override;
    std::optional<acta::answered> find_answer(const acta::command_id& id) const override;
    std::optional<acta::snapshot> find_snapshot(const acta::stream_name& stream) const override;
    void read_page(const acta::stream_name* stream, const acta::read_options& what, acta::page& out) const override;
    acta::position head() const override;
    std::optional<acta::stream_info> find_stream(const acta::stream_name& stream) const override;
    std::vector<acta::stream_info> streams(std::int64_t after_id, std::size_t limit) const override;
    const acta::stored_type& type(acta::type_id id) const override;
    std::vector<acta::stored_type> types() const override;
    std::array<std::byte, 16> uuid() const override { return {}; }
    acta::timestamp created_at() const override { return {}; }
    std::optional<std::uint64_t> checksum_at(acta::position where) const override;
    std::string name() const override { return "the model"; }

private:
    struct kept_event {
        acta::stored_event view{};
        std::string stream{};
        std::vector<std::byte> payload{}, shared{}, own{};
        std::vector<std::string> tags{};
        std::vector<std::string_view> tag_views{};
    };
    /// Copied before an append and put in its place behind it: so all of it is stored or nothing.
    struct contents {
        std::vector<std::shared_ptr<const kept_event>> log{};
        std::map<std::string, std::vector<acta::position>> streams{};
        std::vector<std::string> names{};  // of streams, in the order in which they were made
        std::vector<std::shared_ptr<const acta::stored_type>> types{};
        std::map<acta::command_id, acta::answered> answers{};
        std::map<std::string, acta::snapshot> snapshots{};
        acta::timestamp recorded_at{};
        std::uint64_t entries = 0, tag_rows = 0;

        acta::position head() const { return static_cast<acta::position>(log.size()); }
        acta::version version_of(const std::string& stream) const;
    };
    using names = std::set<std::string>;

    void check(const acta::append_request& request) const;
    acta::append_result append_to(contents& now, const acta::append_request& request, names& spoilt) const;
    static std::optional<acta::append_error> stream_in_the_way(const contents& now, const acta::append_request& request,
                                                               const names& spoilt);
    static std::optional<acta::append_error> condition_in_the_way(const contents& now, const acta::append_request& request);
    static void insert(contents& now, const acta::stream_write& write, const acta::metadata& shared);
    static acta::type_id type_of(contents& now, const acta::event_codec& codec);
    static bool matches(const contents& now, const acta::query& what, const kept_event& one);
    std::optional<acta::stream_info> info_of(const std::string& stream) const;

    const acta::clock& clock_;
    const std::size_t max_event_size_;
    const flaw flaw_;
    bool read_only_ = false;
    mutable std::mutex turn_;
    contents now_;
};

}  // namespace tests
