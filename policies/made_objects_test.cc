#include "policies/made_objects.h"

#include <gtest/gtest.h>

#include <string>

namespace paliad {
namespace {

// Whether the last statement of `text` works on something that the file made before it.
bool MadeBefore(const std::string& text, MadeKind kind, const ObjectName& object) {
  const SqlFile sql = ParseSqlFile(text);
  EXPECT_FALSE(sql.error) << text;
  return MadeObjects(sql).HasBefore(sql.statements.back(), kind, object);
}

bool TableMade(const std::string& before, const std::string& schema, const std::string& name) {
  return MadeBefore(before + "; SELECT 1;", MadeKind::kRelation, {.schema = schema, .name = name});
}

TEST(MadeObjects, WhatAnEarlierStatementMakesIsMadeHere) {
  EXPECT_TRUE(TableMade("CREATE TABLE t (a int)", "", "t"));
  EXPECT_TRUE(TableMade("CREATE TABLE t AS SELECT 1 AS a", "", "t"));
  EXPECT_TRUE(TableMade("SELECT 1 AS a INTO t", "", "t"));
  EXPECT_TRUE(TableMade("CREATE VIEW t AS SELECT 1", "", "t"));
  EXPECT_TRUE(TableMade("CREATE MATERIALIZED VIEW t AS SELECT 1", "", "t"));
  EXPECT_TRUE(TableMade("CREATE SEQUENCE t", "", "t"));
  EXPECT_TRUE(TableMade("CREATE INDEX t ON other (a)", "", "t"));
  EXPECT_TRUE(TableMade("CREATE FOREIGN TABLE t (a int) SERVER s", "", "t"));
  EXPECT_FALSE(TableMade("SELECT 1", "", "t"));
  EXPECT_FALSE(TableMade("CREATE TABLE \"T\" (a int)", "", "t"));
}

TEST(MadeObjects, WhatALaterStatementMakesIsNot) {
  EXPECT_FALSE(MadeBefore("CREATE TABLE t (a int);", MadeKind::kRelation, {.schema = "", .name = "t"}));
}

TEST(MadeObjects, WhatMayHaveBeenThereIsNotMadeHere) {
  EXPECT_FALSE(TableMade("CREATE TABLE IF NOT EXISTS t (a int)", "", "t"));
  EXPECT_FALSE(TableMade("CREATE OR REPLACE VIEW t AS SELECT 1", "", "t"));
}

TEST(MadeObjects, AMissingSchemaMayBeAnySchema) {
  EXPECT_TRUE(TableMade("CREATE TABLE s.t (a int)", "s", "t"));
  EXPECT_TRUE(TableMade("CREATE TABLE s.t (a int)", "", "t"));
  EXPECT_TRUE(TableMade("CREATE TABLE t (a int)", "s", "t"));
  EXPECT_FALSE(TableMade("CREATE TABLE s.t (a int)", "other", "t"));
}

TEST(MadeObjects, EverythingInANewSchemaIsNew) {
  EXPECT_TRUE(TableMade("CREATE SCHEMA s", "s", "anything"));
  EXPECT_FALSE(TableMade("CREATE SCHEMA IF NOT EXISTS s", "s", "anything"));
  EXPECT_FALSE(TableMade("CREATE SCHEMA s", "", "anything"));
}

TEST(MadeObjects, ANewNameOrSchemaDoesNotMakeItOld) {
  EXPECT_TRUE(TableMade("CREATE TABLE t_new (a int); ALTER TABLE t_new RENAME TO t", "", "t"));
  EXPECT_TRUE(TableMade("CREATE TABLE t (a int); ALTER TABLE t SET SCHEMA s", "s", "t"));
  EXPECT_FALSE(TableMade("ALTER TABLE t_new RENAME TO t", "", "t"));
  EXPECT_FALSE(TableMade("CREATE TABLE u (a int); ALTER TABLE u RENAME COLUMN a TO t", "", "t"));
  EXPECT_TRUE(MadeBefore("ALTER TYPE s.e RENAME TO e_old; SELECT 1", MadeKind::kType,
                         {.schema = "s", .name = "e_old"}))
      << "only the file knows it by this name";
}

TEST(MadeObjects, ATemporaryTableIsNoOtherSchemas) {
  EXPECT_TRUE(TableMade("CREATE TEMP TABLE t (a int)", "", "t"));
  EXPECT_TRUE(TableMade("CREATE TEMP TABLE IF NOT EXISTS t (a int)", "", "t"));
  EXPECT_TRUE(TableMade("CREATE TABLE pg_temp.t (a int)", "", "t"));
  EXPECT_TRUE(TableMade("CREATE TEMP TABLE t AS SELECT 1 AS a", "pg_temp", "t"));
  EXPECT_TRUE(TableMade("SELECT 1", "pg_temp", "t"));
  EXPECT_FALSE(TableMade("CREATE TEMP TABLE t AS SELECT * FROM public.t", "public", "t"));
}

TEST(MadeObjects, TheElementsOfANewSchemaAreMadeHere) {
  EXPECT_TRUE(TableMade("CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1", "", "t"));
  EXPECT_TRUE(TableMade("CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT 1", "", "v"));
  EXPECT_FALSE(TableMade("CREATE SCHEMA s CREATE TABLE t (a int)", "other", "t"));
}

// Whether something makes "t" after the first statement of `text`.
bool TableMadeLater(const std::string& text, const std::string& schema) {
  const SqlFile sql = ParseSqlFile(text);
  EXPECT_FALSE(sql.error) << text;
  return MadeObjects(sql).HasAfter(sql.statements.front(), MadeKind::kRelation,
                                   {.schema = schema, .name = "t"});
}

TEST(MadeObjects, WhatALaterStatementMakesReplacesWhatWasThere) {
  EXPECT_TRUE(TableMadeLater("DROP VIEW t; CREATE VIEW t AS SELECT 1", "s"));
  EXPECT_TRUE(TableMadeLater("DROP VIEW t; CREATE OR REPLACE VIEW s.t AS SELECT 1", "s"));
  EXPECT_TRUE(TableMadeLater("ALTER TABLE t RENAME TO u; ALTER TABLE v RENAME TO t", "s"));
  EXPECT_TRUE(TableMadeLater("DROP TABLE t; CREATE TABLE IF NOT EXISTS t (a int)", ""));
  EXPECT_FALSE(TableMadeLater("DROP TABLE t; CREATE TABLE s.t (a int)", "other"));
  EXPECT_FALSE(TableMadeLater("DROP TABLE t; CREATE TEMP TABLE t (a int)", ""));
  EXPECT_FALSE(TableMadeLater("CREATE VIEW t AS SELECT 1; DROP VIEW t", ""));
}

TEST(MadeObjects, KindsDoNotMix) {
  EXPECT_TRUE(
      MadeBefore("CREATE TYPE s.e AS ENUM (); SELECT 1", MadeKind::kType, {.schema = "s", .name = "e"}));
  EXPECT_TRUE(MadeBefore("CREATE DOMAIN e AS int; SELECT 1", MadeKind::kType, {.schema = "", .name = "e"}));
  EXPECT_TRUE(MadeBefore("CREATE TYPE e AS (a int); SELECT 1", MadeKind::kType, {.schema = "", .name = "e"}));
  EXPECT_TRUE(MadeBefore("CREATE FUNCTION e() RETURNS int LANGUAGE sql AS 'SELECT 1'; SELECT 1",
                         MadeKind::kRoutine, {.schema = "", .name = "e"}));
  EXPECT_FALSE(TableMade("CREATE TYPE e AS ENUM ()", "", "e"));
}

}  // namespace
}  // namespace paliad
