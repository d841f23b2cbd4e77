// What the statements of a projection may do to a read model: SQLite's authorizer.
#pragma once

#include <set>
#include <string>
#include <string_view>

struct sqlite3;

namespace acta::detail {

/// ASCII lower case, as SQLite compares names.
std::string lower_case(std::string_view name);

/// Consulted by SQLite whenever a statement is compiled on its connection. One per connection, and used like it by one thread at a time.
class authority {
public:
    enum class who : unsigned char { host, table, author };

    /// The connection must not outlive it.
    void watch(sqlite3* connection);

    void add_typed_table(std::string_view name) { typed_.insert(lower_case(name)); }
    bool is_typed(std::string_view name) const { return typed_.contains(lower_case(name)); }

    /// Who speaks from now on; `defining`: a projection is being created, so that its author may make tables.
    void speaks(who by, bool defining) noexcept { by_ = by, defining_ = defining; }
    /// Forgets what the last statement did.
    void listen() {
        refusal_.clear();
        made_something_ = false;
    }
    /// Why the statement was refused; empty when it was not.
    const std::string& refusal() const noexcept { return refusal_; }
    /// The statement makes a table, index, view or trigger.
    bool made_something() const noexcept { return made_something_; }

private:
    static int ask(void* self, int action, const char* first, const char* second, const char* database, const char* trigger) noexcept;
    int decide(int action, std::string_view first, std::string_view second);
    int write(std::string_view table);
    int make(std::string_view name, std::string_view on);
    int refuse(std::string why);

    std::set<std::string> typed_;
    who by_ = who::host;
    bool defining_ = false;
    bool made_something_ = false;
    std::string refusal_;
};

/// Somebody speaks until the end of the scope, then the host again.
class speaking {
public:
    speaking(authority& rules, authority::who by, bool defining) noexcept : rules_(rules) { rules_.speaks(by, defining); }
    speaking(const speaking&) = delete;
    speaking& operator=(const speaking&) = delete;
    ~speaking() { rules_.speaks(authority::who::host, false); }

private:
    authority& rules_;
};

}  // namespace acta::detail
