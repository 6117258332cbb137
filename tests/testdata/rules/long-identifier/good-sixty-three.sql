CREATE TABLE nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn (id bigint); CREATE TABLE "éééééééééééééééééééééééééééééééx" ("""nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" int);
CREATE TABLE U&"\00e9eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee" (id bigint); CREATE TABLE U&"!00e9!00e9eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee" UESCAPE '!' (id bigint);
CREATE TABLE ssssssssssssssssssssssssssssssssssssssssssssssssssssssssssss.tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt (a int);
