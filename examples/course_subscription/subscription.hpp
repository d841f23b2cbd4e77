// What decisions about courses and students rest on. Event handlers only.
#pragma once

#include <acta/write/aggregate.hpp>

#include "events.hpp"

#include <map>
#include <set>

namespace school {

/// Folded from what a command's boundary finds: never the whole school, only the course and the student in question.
struct subscriptions {
    static constexpr acta::category category{"course"};
    using events = school_events;

    std::map<std::string, std::int32_t> capacity{};              // by course
    std::map<std::string, std::set<std::string>> students_of{};  // by course
    std::map<std::string, std::set<std::string>> courses_of{};   // by student
    std::set<std::string> enrolled{};
    std::set<std::string> user_names{};

    void evolve(const course_offered& e) { capacity[e.course] = e.capacity; }
    void evolve(const student_enrolled& e) { enrolled.insert(e.student), user_names.insert(e.user_name); }
    void evolve(const student_subscribed& e) { students_of[e.course].insert(e.student), courses_of[e.student].insert(e.course); }
};

}  // namespace school
