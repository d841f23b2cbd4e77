#include <acta/testing/given.hpp>

#include "subscription_commands.hpp"

#include <doctest/doctest.h>

using acta::testing::given;
using namespace school;
using rules = subscription_commands;

SCENARIO("a course has a capacity") {
    given<rules>(course_offered{"c1", 1}, student_enrolled{"s1", "ada"}, student_enrolled{"s2", "bob"}, student_subscribed{"c1", "s1"})
        .when(subscribe{"c1", "s2"})
        .then_refused(rules::course_full);
    given<rules>(course_offered{"c1", 2}, student_enrolled{"s1", "ada"}, student_enrolled{"s2", "bob"}, student_subscribed{"c1", "s1"})
        .when(subscribe{"c1", "s2"})
        .then(student_subscribed{"c1", "s2"});
    given<rules>(student_enrolled{"s1", "ada"}).when(subscribe{"c1", "s1"}).then_refused(rules::no_such_course);
}

SCENARIO("a student has a limit") {
    given<rules>(course_offered{"c4", 9}, student_enrolled{"s1", "ada"}, student_subscribed{"c1", "s1"}, student_subscribed{"c2", "s1"},
                 student_subscribed{"c3", "s1"})
        .when(subscribe{"c4", "s1"})
        .then_refused(rules::too_many_courses);
    given<rules>(course_offered{"c1", 9}, student_enrolled{"s1", "ada"}, student_subscribed{"c1", "s1"})
        .when(subscribe{"c1", "s1"})
        .then_refused(rules::already_subscribed);
    given<rules>(course_offered{"c1", 9}).when(subscribe{"c1", "s1"}).then_refused(rules::no_such_student);
}

SCENARIO("a user name is unique") {
    given<rules>().when(enrol_student{"s1", "ada"}).then(student_enrolled{"s1", "ada"} | acta::to(acta::stream_name("student", "s1")));
    given<rules>(student_enrolled{"s1", "ada"}).when(enrol_student{"s2", "ada"}).then_refused(rules::user_name_taken);
    given<rules>(student_enrolled{"s1", "ada"}).when(enrol_student{"s1", "bob"}).then_refused(rules::already_enrolled);
}

SCENARIO("a course is offered once") {
    given<rules>().when(offer_course{"c1", 5}).then(course_offered{"c1", 5});
    given<rules>(course_offered{"c1", 5}).when(offer_course{"c1", 6}).then_refused(rules::already_offered);
}
