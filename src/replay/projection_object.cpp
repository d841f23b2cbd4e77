// One live projection object behind its table of C functions.
#include "replay/projection_object.hpp"

#include <acta/event/event.hpp>
#include <acta/event/layout.hpp>
#include <acta/read/delivery.hpp>

#include "event/text.hpp"

#include <algorithm>
#include <set>

namespace acta::detail {

namespace {

constexpr std::size_t most_consumed = 10'000;

class checker {
public:
    checker(const acta_projection& described, const std::string& from) : of_(described), from_(from) {}

    void check() const {
        if (of_.size < sizeof(acta_projection)) refuse("a projection's table is too short");
        if (!storable(of_.name)) refuse("a projection's name is not 1 to 200 letters, digits and . _ - /");
        if (of_.revision == 0) refuse_this("has revision 0: revisions start at 1");
        if (of_.wants_any_event > 1) refuse_this("has a wants_any_event that is neither 0 nor 1");
        if (!of_.create || !of_.destroy || !of_.learn || !of_.apply || !of_.flush) refuse_this("misses one of its functions");
        if (of_.consumed_count == 0 && of_.wants_any_event == 0) refuse_this("consumes no event");
        if (of_.consumed_count > most_consumed || (of_.consumed_count > 0 && !of_.consumed)) refuse_this("has a broken list of events");
        std::set<std::pair<std::string_view, std::uint32_t>> seen;
        for (std::size_t i = 0; i < of_.consumed_count; ++i) {
            if (!of_.consumed[i]) refuse_this("has a broken list of events");
            check(*of_.consumed[i]);
            if (!seen.insert({projections::view(of_.consumed[i]->name), of_.consumed[i]->revision}).second)
                refuse_this("lists one event twice");
        }
        if (of_.category_count > most_consumed || (of_.category_count > 0 && !of_.categories))
            refuse_this("has a broken list of categories");
        for (std::size_t i = 0; i < of_.category_count; ++i)
            if (!storable(of_.categories[i]) || projections::view(of_.categories[i]).find('-') != std::string_view::npos)
                refuse_this("is scoped to something that is no category's name");
    }

private:
    void check(const acta_consumed& event) const {
        if (event.size < sizeof(acta_consumed)) refuse_this("describes an event too shortly");
        if (!storable(event.name)) refuse_this("consumes an event whose name is not 1 to 200 letters, digits and . _ - /");
        const std::string name(projections::view(event.name));
        if (event.revision == 0) refuse_this("consumes " + name + " with revision 0: revisions start at 1");
        if (!event.layout.data || event.layout.size > layout::max_text) refuse_this("gives no layout for " + name);
        try {
            layout::from_text(projections::view(event.layout));
        } catch (const failure& why) { refuse_this("gives a layout for " + name + " that cannot be read (" + why.what() + ")"); }
        if (event.fingerprint != fingerprint_of(projections::view(event.layout)))
            refuse_this("gives a fingerprint for " + name + " that is not its layout's");
        if ((event.former_name_count > 0 && !event.former_names) || event.former_name_count > most_consumed)
            refuse_this("has a broken list of former names");
        for (std::size_t i = 0; i < event.former_name_count; ++i)
            if (!storable(event.former_names[i])) refuse_this("gives a former name for " + name + " that no event may have");
        if ((event.older_revision_count > 0 && !event.older_revisions) || event.older_revision_count > most_consumed)
            refuse_this("has a broken list of older revisions");
    }
    static bool storable(acta_text name) { return name.data && storable_name(projections::view(name)); }
    [[noreturn]] void refuse_this(const std::string& why) const {
        refuse("its projection '" + std::string(projections::view(of_.name)) + "' " + why);
    }
    [[noreturn]] void refuse(const std::string& why) const { throw failure(errc::bad_plugin, from_ + " cannot be used: " + why); }

    const acta_projection& of_;
    const std::string& from_;
};

}  // namespace

void check_projection(const acta_projection& described, const std::string& from) { checker(described, from).check(); }

projection_object::projection_object(const acta_projection& described, const connection& on, authority& rules, definition how)
    : described_(described), database_(on, rules, std::string(projections::view(described.name)), how) {
    database_.begin_defining();
    const acta_status status = described_.create(&database_.functions(), &self_, fresh_error());
    if (status != ACTA_OK) fail();
    if (!self_) throw failure(errc::projection_failed, "create answered ACTA_OK and gave no object");
    tables_ = database_.end_defining();
}

void projection_object::learn(const acta_stored_type& type) {
    const acta_status status = described_.learn(self_, &type, fresh_error());
    if (status == ACTA_LAYOUT_MISMATCH) throw failure(errc::layout_mismatch, said());
    if (status != ACTA_OK) fail();
}

void projection_object::flush() { require(described_.flush(self_, fresh_error())); }

std::string projection_object::said() const {
    std::string text(error_.text, std::min(error_.size, error_.capacity));
    return text.empty() ? "it gave no reason" : text;
}

void projection_object::fail() const {
    const auto& trouble = database_.trouble();
    if (trouble && error_.size == 0) throw failure(*trouble);
    throw failure(trouble ? trouble->code() : errc::projection_failed, said());
}

}  // namespace acta::detail
