// The one writing connection: transactions of many appends, how a failed COMMIT ended, and the write-ahead log.
#pragma once

#include "inserter.hpp"
#include "turnstile.hpp"
#include "whereabouts.hpp"

#include <exception>
#include <functional>
#include <span>
#include <vector>

namespace acta::detail {

/// One append_all call on its way through the writer: what it asks for, and how it ended.
struct append_job {
    std::span<const append_request> requests{};
    std::vector<append_result> answers{};  ///< one for each request, unless there is an error
    std::exception_ptr error{};

    void fail(std::exception_ptr why) noexcept { answers.clear(), error = std::move(why); }
};

/// `begun`: they are going to be written; else they are only told why not.
using jobs_to_write = std::function<std::span<append_job* const>(bool begun)>;

/// Used by one thread at a time.
class writer {
public:
    /// `open` makes a writing connection; it is called again when a COMMIT has failed.
    writer(std::function<connection()> open, turnstile gate, const options& how);
    ~writer();

    /// Takes the jobs, once, when it is this process's turn to write or cannot be. Stores them in one transaction, or, where one of them
    /// cannot be stored, each in its own, so that it fails alone. Answers in the jobs. `take` may not throw.
    void write(const jobs_to_write& take) noexcept;
    const connection& on() const noexcept { return on_; }

private:
    void prepare();
    void reopen();
    bool may_copy_back() const;
    std::size_t store(std::span<append_job* const> jobs) noexcept;
    void begin();
    void commit();
    bool committed_after_all(const std::exception& why);
    void copy_back_all();
    void roll_back() noexcept;
    void grow_log();
    void checkpoint() noexcept;

    std::function<connection()> open_;
    turnstile gate_;
    options how_;
    connection on_;
    whereabouts where_;
    std::uint64_t nonces_;  // of this writer alone: a process that is forked from this one must not count on from the same number
    statement begin_, commit_;
    std::unique_ptr<inserter> in_;

    std::size_t commits_ = 0;  // on this connection
    std::size_t wal_pages_ = 0;
    std::size_t checkpoint_at_ = 0;
};

}  // namespace acta::detail
