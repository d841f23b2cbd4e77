// A log that lets a test do something just before an append reaches the log behind it, as a faster writer would.
#pragma once

#include <acta/store/log.hpp>

#include <functional>
#include <utility>

class meddling_log : public acta::log {
public:
    explicit meddling_log(acta::log& behind) : behind_(behind) {}

    /// Called with the number of the append, from 1, before it goes on; may append to the log behind, or throw.
    std::function<void(int)> before_append = [](int) {};
    int appends = 0;
    std::size_t requests = 0;

    std::vector<acta::append_result> append_all(std::span<const acta::append_request> all) override {
        before_append(++appends);
        requests += all.size();
        return behind_.append_all(all);
    }
    void read_page(const acta::stream_name* stream, const acta::read_options& what, acta::page& out) const override {
        behind_.read_page(stream, what, out);
    }
    acta::position head() const override { return behind_.head(); }
    acta::position wait(acta::position after, std::chrono::steady_clock::time_point deadline) const override {
        return behind_.wait(after, deadline);
    }
    std::optional<acta::stream_info> find_stream(const acta::stream_name& stream) const override { return behind_.find_stream(stream); }
    std::optional<acta::answered> find_answer(const acta::command_id& id) const override { return behind_.find_answer(id); }
    std::optional<acta::snapshot> find_snapshot(const acta::stream_name& stream) const override { return behind_.find_snapshot(stream); }
    std::vector<acta::stream_info> streams(std::int64_t after_id, std::size_t limit) const override {
        return behind_.streams(after_id, limit);
    }
    const acta::stored_type& type(acta::type_id id) const override { return behind_.type(id); }
    std::vector<acta::stored_type> types() const override { return behind_.types(); }
    std::array<std::byte, 16> uuid() const override { return behind_.uuid(); }
    acta::timestamp created_at() const override { return behind_.created_at(); }
    std::optional<std::uint64_t> checksum_at(acta::position where) const override { return behind_.checksum_at(where); }
    std::string name() const override { return behind_.name(); }

private:
    acta::log& behind_;
};
