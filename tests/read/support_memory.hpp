// A read model in memory for tests of tables and SQL, always inside a transaction.
#pragma once

#include <acta/read/delivery.hpp>

#include "replay/model.hpp"
#include "replay/model_database.hpp"

#include <string>

/// Runs `body` and answers the sentence of the failure that it threw; empty when it threw none.
template <class Body>
std::string sentence_of(const Body& body) {
    try {
        body();
    } catch (const acta::failure& why) { return why.what(); }
    return {};
}

inline bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

class memory_model {
public:
    memory_model() { held_.begin(); }

    /// Binds members as a projection's creation does.
    template <class... Member>
    void create(Member&... member) {
        database_.begin_defining();
        acta::detail::projections::bind_all({&member...}, {&database_.functions(), nullptr});
        tables_ = database_.end_defining();
    }
    /// Binds members to the same rows for reading.
    template <class... Member>
    void read(Member&... member) {
        reading_.begin_defining();
        acta::detail::projections::bind_all({&member...}, {&reading_.functions(), nullptr});
        reading_.end_defining();
    }
    const std::string& tables() const { return tables_; }

    /// The first column of the first row, by the host.
    std::int64_t number(const char* sql) { return held_.on().number(sql); }
    std::string text(const char* sql) {
        acta::detail::statement query(held_.on(), sql);
        return query.step() ? std::string(query.text(0)) : std::string("no row");
    }
    void run(const char* sql) { held_.on().run(sql); }
    const acta::detail::connection& on() const { return held_.on(); }
    const acta_database& functions() const { return database_.functions(); }

private:
    acta::detail::model held_{":memory:", acta::detail::access::run, {}};
    acta::detail::model_database database_{held_.on(), held_.rules(), "test", acta::detail::definition::make};
    acta::detail::model_database reading_{held_.on(), held_.rules(), "test", acta::detail::definition::compare};
    std::string tables_;
};
