#include "migrations/sql_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/json.h"

namespace paliad {
namespace {

using ::testing::ElementsAre;

std::string Document(const std::string& statements) {
  return R"({"version":150001,"stmts":[)" + statements + "]}";
}

TEST(SqlTree, LocationsMoveByTheShiftAndUnknownOnesStay) {
  TreeReader reader;
  const TreeReader::Answer answer = reader.Read(
      Document(
          R"({"stmt":{"A":{"b":[{"location":7},{"location":-1}],"c":{"location":"/tmp"}}},"stmt_location":3,)"
          R"("stmt_len":9},{"stmt":{"B":{"location":1}}})"),
      100);
  ASSERT_FALSE(answer.problem);
  ASSERT_EQ(answer.statements.size(), 2U);
  EXPECT_EQ(answer.statements[0].tree->dump(),
            R"({"A":{"b":[{"location":107},{"location":-1}],"c":{"location":"/tmp"}}})");
  EXPECT_EQ(answer.statements[0].location, 3U);
  EXPECT_EQ(answer.statements[0].length, 9U);
  EXPECT_EQ(answer.statements[1].tree->dump(), R"({"B":{"location":101}})");
  EXPECT_EQ(answer.statements[1].location, 0U);
  EXPECT_EQ(answer.statements[1].length, 0U);
}

TEST(SqlTree, CompactTreesHaveNoLocationsAndNoConstants) {
  TreeReader reader;
  const TreeReader::Answer answer = reader.ReadCompactly(Document(
      R"({"stmt":{"A":{"x":{"A_Const":{"sval":{"sval":"q"},"location":5}},"n":-3,"s":"a\"\\é\u0001","t":true,"z":null,)"
      R"("e":[],"l":[1,"2",{"location":4}],"c":{"location":"/tmp"}}},"stmt_location":3,"stmt_len":9},)"
      R"({"stmt":{"B":{"location":1}}})"));
  ASSERT_FALSE(answer.problem);
  ASSERT_EQ(answer.statements.size(), 2U);
  EXPECT_EQ(*answer.statements[0].tree,
            Json::parse(R"({"A":{"x":{"A_Const":{}},"n":-3,"s":"a\"\\é\u0001","t":true,"z":null,"e":[],)"
                        R"("l":[1,"2",{}],"c":{"location":"/tmp"}}})"));
  EXPECT_EQ(answer.statements[0].location, 3U);
  EXPECT_EQ(answer.statements[0].length, 9U);
  EXPECT_EQ(answer.statements[1].tree->dump(), R"({"B":{}})");
  EXPECT_EQ(answer.statements[1].location, 0U);
}

TEST(SqlTree, EqualRowsOfValuesStandOnceInACompactTree) {
  TreeReader reader;
  const auto row = [](const std::string& item) { return R"({"List":{"items":[)" + item + "]}}"; };
  const std::string one = row(R"({"A_Const":{"ival":{"ival":1}}})");
  const std::string two = row(R"({"A_Const":{"sval":{"sval":"x"},"location":9}})");
  const std::string call = row(R"({"FuncCall":{"location":3}})");
  const std::string nested = row(R"({"S":{"valuesLists":[)" + one + "," + two + "]}}");
  const TreeReader::Answer answer = reader.ReadCompactly(
      Document(R"({"stmt":{"I":{"valuesLists":[)" + one + "," + two + "," + call + "," + one + "," + call +
               "," + nested + "," + nested + R"(],"other":[)" + one + "," + one + "]}}}"));
  ASSERT_FALSE(answer.problem);
  const std::string constant = row(R"({"A_Const":{}})");
  EXPECT_EQ(*answer.statements.at(0).tree,
            Json::parse(R"({"I":{"valuesLists":[)" + constant + "," + row(R"({"FuncCall":{}})") + "," +
                        row(R"({"S":{"valuesLists":[)" + constant + "]}}") + R"(],"other":[)" + constant +
                        "," + constant + "]}}"));
}

TEST(SqlTree, EqualCompactTreesAreOneObject) {
  TreeReader reader;
  const std::string json =
      Document(R"({"stmt":{"A":{"location":1}}},{"stmt":{"A":{"location":2}}},{"stmt":{"B":{}}})");
  const TreeReader::Answer first = reader.ReadCompactly(json);
  const TreeReader::Answer second = reader.ReadCompactly(json);
  EXPECT_EQ(first.statements.at(0).tree, first.statements.at(1).tree);
  EXPECT_NE(first.statements.at(0).tree, first.statements.at(2).tree);
  EXPECT_EQ(first.statements.at(2).tree, second.statements.at(2).tree);
}

std::string Nested(int depth) {
  std::string json;
  for (int i = 0; i < depth / 2; ++i) {
    json += R"({"a":[)";
  }
  json += "1";
  for (int i = 0; i < depth / 2; ++i) {
    json += "]}";
  }
  return Document(R"({"stmt":)" + json + "}");
}

TEST(SqlTree, TreesAreAtMostSoDeep) {
  TreeReader reader;
  EXPECT_FALSE(reader.Read(Nested(kMaxTreeDepth), 0).problem);
  EXPECT_FALSE(reader.ReadCompactly(Nested(kMaxTreeDepth)).problem);
  EXPECT_EQ(reader.Read(Nested(kMaxTreeDepth + 2), 0).problem, TreeReader::Problem::kTooDeep);
  EXPECT_EQ(reader.ReadCompactly(Nested(kMaxTreeDepth + 2)).problem, TreeReader::Problem::kTooDeep);
}

TEST(SqlTree, WhatIsNotJsonIsAProblem) {
  TreeReader reader;
  for (const std::string json :
       {"", "{", R"({"stmts":[{"stmt":{"A":)", "{\"stmts\":[{\"stmt\":{\"A\":\"\xFF\"}}]}"}) {
    EXPECT_EQ(reader.Read(json, 0).problem, TreeReader::Problem::kNotJson) << json;
    EXPECT_EQ(reader.ReadCompactly(json).problem, TreeReader::Problem::kNotJson) << json;
  }
}

TEST(SqlTree, VisitObjectsSeesEveryObjectOuterFirst) {
  const Json tree = Json::parse(R"({"A":{"b":[{"c":1},[{"d":{"e":2}}]]}})");
  std::vector<std::string> seen;
  VisitObjects(tree, [&](std::string_view key, const Json& object) {
    seen.push_back(std::string(key) + " " + object.dump());
  });
  EXPECT_THAT(seen, ElementsAre(" " + tree.dump(), R"(A {"b":[{"c":1},[{"d":{"e":2}}]]})",
                                R"( {"d":{"e":2}})", R"(d {"e":2})", R"( {"c":1})"));
}

TEST(SqlTree, VisitObjectsDoesNotRecurse) {
  Json tree = 1;
  for (int i = 0; i < kMaxTreeDepth; ++i) {
    Json outer = Json::object();
    outer["a"] = std::move(tree);
    tree = std::move(outer);
  }
  int count = 0;
  VisitObjects(tree, [&](std::string_view, const Json&) { ++count; });
  EXPECT_EQ(count, kMaxTreeDepth);
}

}  // namespace
}  // namespace paliad
