/* Public keys for the tests. The good ones were made by ssh-keygen of OpenSSH
 * 9.2p1 (but the two of security keys, which it only read), and what it says
 * about them stands beside; the bad ones were put together for the purpose. */
#ifndef WIRE_SSHKEY_KEYS_TEST_H
#define WIRE_SSHKEY_KEYS_TEST_H

#include "base/test.h"
#include "wire/sshkey.h"

/* clang-format off */
static const struct good_key {
	enum sshkey_type type;
	unsigned bits;
	struct str line, sha256, md5, art;
} good_keys[] TEST_UNUSED_ = {
    {SSHKEY_RSA, 2048,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDoGO9aBy+ZzbAzr/xCBKyn7nUSEA"
	      "Lq1Lgf6+CYItcRNqJN6e5Pnma5pfTJ9VuH0vqHIku/SmXariWopPQh5iAjbHx6SScU"
	      "xp+9ZKQJ6JWI9cZ9wZdZqjLTKUeBNwyNMYaaKj8jYd/C82S9C556ICtBZGQ6XuWhqY"
	      "99APl9R6/fz5cvFxZf2Ao9Cp2LHtYw7C8otF/0jNtWx0fcKQQ0QIR73AXCLFJE9OD9"
	      "UmeRVAt6F7udXAN1hhlpGg2CM7+fr1fvdS4YouUOt964PEgXjqAEAwFIdIFR5UAslT"
	      "TtS7/W0Ud9GtJ405v4Ut5bxiLWWrIjHU7TZXGYua8c9fXpxSeb deploy@web-1"),
     STR_INIT("SHA256:2GdWjlQlpkunaCkqnVilz53nJsHwzi823GkcskOA+7U"),
     STR_INIT("MD5:4c:95:30:03:a6:5a:89:59:f3:d5:9a:c3:93:fd:fc:dc"),
     STR_INIT("+---[RSA 2048]----+\n"
	      "|            +..  |\n"
	      "|           + .   |\n"
	      "|     ..   + o    |\n"
	      "|    .ooo = B     |\n"
	      "|    o.o=S B .    |\n"
	      "|   +.= +B=.      |\n"
	      "|  o +.o*oB.o     |\n"
	      "|   .  . Eo*      |\n"
	      "|       . Oo      |\n"
	      "+----[SHA256]-----+\n")},
    {SSHKEY_RSA, 3072,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQDGacglG90mpaqahAvS2+VuPo3UCc"
	      "sp1Jd8s0nPt9WxHeuwjemu9ZSq0mEV8NCtTU7wenfDiNyDWIOUl6JMLzOzeC4OGmX2"
	      "1a2MvMM7XxUvjSIfAKxKJYijwbR0H00Y5hT7uDRwoEplfqn84T+dWnJtWu/jVai8MH"
	      "qLAfBvcTgkrgJyA7Vxefw/1zHizaKXCjLtBF9kqgywavY8MVfdC7rFU/+S4HgnvsQy"
	      "c2DpBF57p5hlx1SKCb9OpO5yLfGUWJvwaDmRYqvpaiv/eufrAGMfmJEP8pCWlE9gHs"
	      "rvBe3jQ+zOaakNJFjATWGOnBOxG5/BVtQAmvEHTtjdXnG7L68vT/IGA6kdTxyKpc3o"
	      "xzNVJ+1oo5PsTOK5Vm1uf2QPk3fNfRjxu1XTFBAkk76N8i5a+k7gt9RVZ3riDUZuXD"
	      "Klz/Fu9AbItBOCN3qEufhDDr836tJZTEDcsbPiZyUOwIVlr4OhI2f4ErJ9iz4p9PU4"
	      "byIpYx0yI5jLFyapN9flVVc= deploy@web-1"),
     STR_INIT("SHA256:v7ZV8BjEws2Qc4EXON3yBl5ylt4I1BRgzC1T5AcaVo4"),
     STR_INIT("MD5:09:9e:41:ab:a9:4b:87:83:9e:6f:53:bd:48:3f:b9:f4"),
     STR_INIT("+---[RSA 3072]----+\n"
	      "|         ..&X%Bo |\n"
	      "|          O+^*O. |\n"
	      "|           BE&oo.|\n"
	      "|            .==..|\n"
	      "|        S   ..o  |\n"
	      "|         .   .   |\n"
	      "|          . .    |\n"
	      "|          .o     |\n"
	      "|         .o.     |\n"
	      "+----[SHA256]-----+\n")},
    {SSHKEY_ED25519, 256,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHRp3aR90C1bHFxRHv9QBSP9xRCq8o"
	      "6c6vJpNZ7CRMNI deploy@web-1"),
     STR_INIT("SHA256:ajxwRPG7bbD0DuWXAmE4FfpJx2I4lPzV9dDsQOXdFPE"),
     STR_INIT("MD5:c2:00:ab:8f:02:19:f8:7b:0c:23:dd:56:43:0b:0d:cc"),
     STR_INIT("+--[ED25519 256]--+\n"
	      "|     .+oo. . o+*=|\n"
	      "|     oo* .. . .=*|\n"
	      "|      B.B.o    oE|\n"
	      "|     . B.*      .|\n"
	      "|    . . S .      |\n"
	      "|     + o X   .   |\n"
	      "|      = + * o    |\n"
	      "|     . . + o     |\n"
	      "|          .      |\n"
	      "+----[SHA256]-----+\n")},
    {SSHKEY_ECDSA256, 256,
     STR_INIT("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"
	      "YAAABBBBcInWMtvlBCKD19i9x0zVpZ12c9O+Ri0/Y1C9/0QKylRDzeE1uOXZ6oe9DW"
	      "TnJUKBMEUBnOCqe+6gefGgLvUis= deploy@web-1"),
     STR_INIT("SHA256:1BAOsoWiJPgrGsTlZp3eOg00n3XyVlP0y9bH/f2K/xE"),
     STR_INIT("MD5:14:74:28:0c:e5:b5:4f:0f:07:ea:57:86:fa:cd:a5:eb"),
     STR_INIT("+---[ECDSA 256]---+\n"
	      "|.   ..o o.    .. |\n"
	      "|o....+ o o     ..|\n"
	      "|+oo.o . o .   . .|\n"
	      "|.o.+ = . o . o..+|\n"
	      "|. o.o + S + . .E=|\n"
	      "|o .  o +   o  . =|\n"
	      "|.o    +   .    .o|\n"
	      "|.    o .     .  o|\n"
	      "|      .     ..ooo|\n"
	      "+----[SHA256]-----+\n")},
    {SSHKEY_ECDSA384, 384,
     STR_INIT("ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzOD"
	      "QAAABhBKMXYgmZWVhM5A7DXmBusTlmO9YhDsW1R1NBA+4ZKGGV9EGAt3LiILxYyTtf"
	      "p3TGpbYQlRoHpu3Q7UiK3IXP40dQBjAyfxSNMZvXcQQMFyAcYn/55IInXk1LgDgz4e"
	      "LSIg== deploy@web-1"),
     STR_INIT("SHA256:AsNamqxdDzM/Z8G7HZelwj26Mnf1Mg+RI+qyli7yTEI"),
     STR_INIT("MD5:19:e7:ed:65:a3:b6:e7:16:1d:8a:b8:ed:9a:c3:d7:b2"),
     STR_INIT("+---[ECDSA 384]---+\n"
	      "|                 |\n"
	      "|   .             |\n"
	      "|    =            |\n"
	      "| . = o .       . |\n"
	      "|  = E . S   . =  |\n"
	      "| o o * . + o =.o |\n"
	      "|. . . = +.= *... |\n"
	      "|    .+.+*+.=..o..|\n"
	      "|     oo++*=o   +.|\n"
	      "+----[SHA256]-----+\n")},
    {SSHKEY_ECDSA521, 521,
     STR_INIT("ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1Mj"
	      "EAAACFBAEOtR40zM7cVJOXWWMyRBCcZRhZZuWxuKy31+4xtMMixhhVDLa/F9Mf3m8H"
	      "/RWZoptNJ4uI52jFG49qANNXsrlr2QBSjbS2z9Wqej49AfVhE4bl39s+c2i11luDJC"
	      "BD3KX2DPk0/k4g5aRohim0tDcK7L6hqRoJHRSjucb83Z3K0NFMwA== deploy@web-"
	      "1"),
     STR_INIT("SHA256:n3vWeD9wfPOhaWeMoDh4UoY0OTgm71+1JiAIgpf5Kag"),
     STR_INIT("MD5:87:f4:82:a0:fa:fa:46:7b:d3:a2:24:5a:3f:b4:fe:61"),
     STR_INIT("+---[ECDSA 521]---+\n"
	      "|                 |\n"
	      "|.  o             |\n"
	      "|+ + . .          |\n"
	      "|o+.= *           |\n"
	      "|..=.=.+ S.    .  |\n"
	      "|.  o...o...o . =.|\n"
	      "|E .   +o.o+ .oB =|\n"
	      "|   . o.+o. .+=o=.|\n"
	      "|    ..o . .o..o.o|\n"
	      "+----[SHA256]-----+\n")},
    {SSHKEY_SK_ED25519, 256,
     STR_INIT("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29"
	      "tAAAAIHRp3aR90C1bHFxRHv9QBSP9xRCq8o6c6vJpNZ7CRMNIAAAABHNzaDo= depl"
	      "oy@web-1"),
     STR_INIT("SHA256:moxqmBellXVw4kayBtoYsSucZZz4ykuZVoZVqlyxr4k"),
     STR_INIT("MD5:36:13:e4:7b:b3:a1:66:da:a5:a0:6a:26:a3:17:65:a7"),
     STR_INIT("+[ED25519-SK 256]-+\n"
	      "|o.....+..        |\n"
	      "| *o.*=.o.        |\n"
	      "|+..Xooo.         |\n"
	      "|o.X.=.           |\n"
	      "|o* B .  S        |\n"
	      "|o X oo o         |\n"
	      "| E +. +          |\n"
	      "|= +.             |\n"
	      "| +.              |\n"
	      "+----[SHA256]-----+\n")},
    {SSHKEY_SK_ECDSA256, 256,
     STR_INIT("sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHA"
	      "yNTZAb3BlbnNzaC5jb20AAAAIbmlzdHAyNTYAAABBBBcInWMtvlBCKD19i9x0zVpZ1"
	      "2c9O+Ri0/Y1C9/0QKylRDzeE1uOXZ6oe9DWTnJUKBMEUBnOCqe+6gefGgLvUisAAAA"
	      "Ec3NoOg== deploy@web-1"),
     STR_INIT("SHA256:Qr1JkRTkyymSd5iAUDW1Jr/8fidvsAMpFNC+t6vuuj0"),
     STR_INIT("MD5:77:55:70:e4:33:e3:e0:d7:1a:62:41:41:e9:ee:a5:8b"),
     STR_INIT("+-[ECDSA-SK 256]--+\n"
	      "|....++.o=o       |\n"
	      "| . . .o+..       |\n"
	      "|  . o.+.+        |\n"
	      "|     Bo= =       |\n"
	      "|    o.B.S.       |\n"
	      "|     +o=+ .      |\n"
	      "|      oo o o     |\n"
	      "|     .E.. = o    |\n"
	      "|    o==++o *.    |\n"
	      "+----[SHA256]-----+\n")},
};

static const struct bad_key {
	const char *name;
	enum sshkey_why why;
	struct str line;
} bad_keys[] TEST_UNUSED_ = {
    {"rsa512", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQDK6p4hI31VFvMgu40bfku2mgC1AV"
	      "vdwwguHxG6vB6mMwE/QBB3RvKbZ9yRJh47kxYCuf3DWPcipz8IufIpA6EV")},
    {"rsa1024", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDgJxtL+e/JdSbOT6ZOYdAZWcPi1J"
	      "l/NHQVs1LZcyEwZ5juLT2rYGRLFltQuVLFs0xKKk4UfIelo+E9WFVBFearTGbh+QOI"
	      "F+2TGG0a4BfJZR4aKU6DYVZotQYSw02+w3oOLs4CTgqZv0ie1EIOwDwbaGtbukNYvO"
	      "quX5fbde42jw==")},
    {"rsa2047", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAGaZPGuc5xdZuxCYf4FUlWDACgOdWp"
	      "rjp5qEJk4KYqf+YMdX22sURne1LDRYyUQP69FZ+H8PSvC+Nn1J7e6AqAyzt9/eA+vF"
	      "K7vyhsm0tfMZyogc0B0lfmqf7mynKPhr+BVGcOb9YSMrrVjoFSoH2SNv9TQAbpy0HR"
	      "zxKkGSPwX34Dx1HT/bQNMNSM6PkKFFOoNvgxTspf3uwA7X2Vi/VpeoD/yCW/QXh5vz"
	      "GPiR9mELkD5WTH4tNlue0Zar5wzqdDzWaFO8/T+9jv6W7cW4kckA2jn0vb9m4apitB"
	      "32IHRvvWEksbwx4b9Vq6hdVxM9rWZbw7WIQwZynDRYsLsRJoc=")},
    {"e1", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAABAQAAAQEAx5aiXWn5dOD2FTkjZIcJT+DFsTYsed"
	      "k1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/+RBp"
	      "Q+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1Q+CS"
	      "QIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz40Cw+"
	      "5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9nBFl"
	      "5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e2", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAABAgAAAQEAx5aiXWn5dOD2FTkjZIcJT+DFsTYsed"
	      "k1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/+RBp"
	      "Q+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1Q+CS"
	      "QIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz40Cw+"
	      "5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9nBFl"
	      "5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e3", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAABAwAAAQEAx5aiXWn5dOD2FTkjZIcJT+DFsTYsed"
	      "k1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/+RBp"
	      "Q+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1Q+CS"
	      "QIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz40Cw+"
	      "5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9nBFl"
	      "5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e15", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAABDwAAAQEAx5aiXWn5dOD2FTkjZIcJT+DFsTYsed"
	      "k1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/+RBp"
	      "Q+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1Q+CS"
	      "QIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz40Cw+"
	      "5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9nBFl"
	      "5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e16", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAABEAAAAQEAx5aiXWn5dOD2FTkjZIcJT+DFsTYsed"
	      "k1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/+RBp"
	      "Q+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1Q+CS"
	      "QIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz40Cw+"
	      "5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9nBFl"
	      "5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e65536", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAAAAABAQDHlqJdafl04PYVOSNkhwlP4MWxNi"
	      "x52TUnpqpF57uzuq1gp4js2HbG9kAznnNQVN+TKWjxR0isDolcxGFhxHEpf4CDYX/5"
	      "EGlD5fIJRzP6Z/RiOiu4OPKGVid0XrN0v+r4DnhtaIfX2xCFWbNHlhCgU/UoOAy3VD"
	      "4JJAgAqyJD362LmmLLytnwfcHaKSYQk5wxPZ3dVWuMVCn5qjBQPzgRmUKq5ZoOnPjQ"
	      "LD7lYJ0jHtb6XRlPeliKKgx8qTHyUsCcy5N6xxT/aF//k6045f134azGsc39vqv/2c"
	      "EWXl9lYhwBEoo4u4TOH/tF7U4FvmsMtsthxLWLkAMeceW7mbc3")},
    {"e long", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAAJAQAAAAAAAAABAAABAQDHlqJdafl04PYVOSNkhw"
	      "lP4MWxNix52TUnpqpF57uzuq1gp4js2HbG9kAznnNQVN+TKWjxR0isDolcxGFhxHEp"
	      "f4CDYX/5EGlD5fIJRzP6Z/RiOiu4OPKGVid0XrN0v+r4DnhtaIfX2xCFWbNHlhCgU/"
	      "UoOAy3VD4JJAgAqyJD362LmmLLytnwfcHaKSYQk5wxPZ3dVWuMVCn5qjBQPzgRmUKq"
	      "5ZoOnPjQLD7lYJ0jHtb6XRlPeliKKgx8qTHyUsCcy5N6xxT/aF//k6045f134azGsc"
	      "39vqv/2cEWXl9lYhwBEoo4u4TOH/tF7U4FvmsMtsthxLWLkAMeceW7mbc3")},
    {"even", SSHKEY_WEAK,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDHlqJdafl04PYVOSNkhwlP4MWxNi"
	      "x52TUnpqpF57uzuq1gp4js2HbG9kAznnNQVN+TKWjxR0isDolcxGFhxHEpf4CDYX/5"
	      "EGlD5fIJRzP6Z/RiOiu4OPKGVid0XrN0v+r4DnhtaIfX2xCFWbNHlhCgU/UoOAy3VD"
	      "4JJAgAqyJD362LmmLLytnwfcHaKSYQk5wxPZ3dVWuMVCn5qjBQPzgRmUKq5ZoOnPjQ"
	      "LD7lYJ0jHtb6XRlPeliKKgx8qTHyUsCcy5N6xxT/aF//k6045f134azGsc39vqv/2c"
	      "EWXl9lYhwBEoo4u4TOH/tF7U4FvmsMtsthxLWLkAMeceW7mbc2")},
    {"factor3", SSHKEY_COMPROMISED,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQEPJSz/F+ynyx0qzZbeQFb23lbCHO"
	      "uhjh9l2mYN/TYI7JqMQM5jAakaF5id6U2WkP/1rQ8g70H9qFH4thVvfruopKVmrxJn"
	      "nE5s/3QgvpsCjw6hgQOIb2kIVTbx0fvRmalggxg4VzsZKxs1vhCwXwtT8GPvpepC2I"
	      "3EeWe/MV79kOSuXOL2vLw1EX5i295rHziJEX5pw3SQ5PO5EZ2HT8xdmuM1RTWQVfdK"
	      "Zd8KCfCkBUW0e4N0MIxcP5Jje1feLEHwS40Z79oscckQk4J28hUd/WFbdLp6wFiHG+"
	      "I5H6us5NOAmuLEyxHS7bbf2gfPGTogYhIeRJM6STgryUowlPtX")},
    {"factor65521", SSHKEY_COMPROMISED,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAgDcnSIPCBa74e0PAzMPnextCDSa5W"
	      "cSdAdBKisMvsYYwPjL7Ze2ZSBBankUuesMuQSpbX1E8BX82IsMTjvcXz6GgEX9b5IX"
	      "SwulqJYjg8dpZAvWkr4EtCXjEQ7Oj7i5oRPAWEq2UJ+VPNvZYiv4SUQnKY6/Wby13m"
	      "GtrR7B6MR0WTIajEYc+FX6fPxvuS6C21QpZ1ysahTuGwv+9Ap9RJ+tXShDtEQVJFBB"
	      "WbzDp2CIKuf6SUDUue/qIE8k3WgYQ6O6cLS7U9uh6acnJc2yX9It8RfubenLaYoW6g"
	      "uW5RuRI/k5DApoZRNblxdwb20C1XC53LjrDvUOy/0CbPWDFM+oZQ==")},
    {"neighbours", SSHKEY_COMPROMISED,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCQRCdKZwUA4/4anPxBvm0ggMygmF"
	      "qBuWU5oQaZy2AD9eLhVbdhliB5gdm1VoEyf7VvU13OLD9RLpfUD6fifI0K+qDVbSi0"
	      "WvPOeU8qBWtOQwWfB+QknSWww//TuwXYtOdZZWeR5CglscHcuG/RnZOEPFUbg4hk1u"
	      "68ohASOlEDjZfiRSdp4onDWERgkuRYdCoNDO+2KeJ48jA+yrUkIiV7SkAMTkkZk73a"
	      "ACQhih2Wg0V62WLa2Ve6XgaKnk6dUxl8GdehAiuaTxQ497KnNNPjQQ4ZW9pkP+6NVi"
	      "rFGbPWUCfYDM/eRD3hbhgd5+ZWmHe5ZVRgECsGnI6VI71rI5R1")},
    {"square", SSHKEY_COMPROMISED,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCQRCdKZwUA4/4anPxBvm0ggMygmF"
	      "qBuWU5oQaZy2AD9eLhVbdhliB5gdm1VoEyf7VvU13OLD9RLpfUD6fifI0K+qDVbSi0"
	      "WvPOeU8qBWtOQwWfB+QknSWww//TuwXYtOdZZWeR5CglscHcuG/RnZOEPFUbg4hk1u"
	      "68ohASOlEBMglA37eoR3ZCbo4syTniS6wj6YNlplBMdyQkBHjUJEmMNOGspiJr+gX2"
	      "2Jev+Ml8LU8XAWQkgkw2FCBjnQ1O/vGDm1Qpjt9RU8m9t5SVyf/xO9auxiBjczm6tA"
	      "zPWmXomWyuQfueCyE0s0Ta/hZEH6ydQTanqw6LMi515S1MbF0J")},
    {"prime", SSHKEY_COMPROMISED,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDnOgE2+3/rCEDF396sRP2dKtSigx"
	      "SzaxVofcMWX5bQFWBAx1mElUU7BS4BUzKPrtwOV5vzVgsEVDdd9md5Y8I+fdCo8leO"
	      "bqgD8aet4lc9/pdCk7RgP0NwgXEk+uorkpPvg80IEfRoBtJTSC2FKId/FILq9hLmy2"
	      "mwjFJwHf/RFq4lJLPDGbeI8ASbPjAQB7XM+Cfb/GleD2iXdxVlQyvWjzMOm7rEiAbR"
	      "aP+EfXLG+TuOmpNSvyYHsPdvMUrMZ4T3tU2M4ZJAvFWqa7cqtnSfzVHZEF3BLLWY/j"
	      "MeqnmUZqgCiJIRLS6C7GNf4z+/LB0ShrxquvD3tpwHTc/EV639")},
    {"roca", SSHKEY_COMPROMISED,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDUS0i0kqFxxialMX2ec7emmnCRgK"
	      "opbrPPCDOJaE/Pky8pNF7l8gVJYdJWzGQpe02NevZcQzd7m+EBytMMYWv0Tjt9K+WO"
	      "DJzIcp2G38bkz+Y41T4j1fhtffZDOnA1/pwbuSulqgVXqK+wCTf+QvoOCnMkEJoPOk"
	      "ZdvDhW1W5sG1kW+6CPYo87lSky7JiZbFOT4ynPzSf6wehc4vQC2B5QmFT/DzCKVigC"
	      "QcgRBfmMtpkWVdXRjpuuBSw276lTzzRZfW6sjSuwVNKFzXdbosrfeXq6NCuZzD+EFF"
	      "pGgxjvCTgNWD0GCLChvTNjGNkJyj7fHF+4PWN3lwwtRPRrg15L")},
    {"negative", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAMeWol1p+XTg9hU5I2SHCU/gxbE2LH"
	      "nZNSemqkXnu7O6rWCniOzYdsb2QDOec1BU35MpaPFHSKwOiVzEYWHEcSl/gINhf/kQ"
	      "aUPl8glHM/pn9GI6K7g48oZWJ3Res3S/6vgOeG1oh9fbEIVZs0eWEKBT9Sg4DLdUPg"
	      "kkCACrIkPfrYuaYsvK2fB9wdopJhCTnDE9nd1Va4xUKfmqMFA/OBGZQqrlmg6c+NAs"
	      "PuVgnSMe1vpdGU96WIoqDHypMfJSwJzLk3rHFP9oX/+TrTjl/XfhrMaxzf2+q//ZwR"
	      "ZeX2ViHAESiji7hM4f+0XtTgW+awy2y2HEtYuQAx5x5buZtzc=")},
    {"zeros", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAgAAx5aiXWn5dOD2FTkjZIcJT+DFsT"
	      "Ysedk1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/"
	      "+RBpQ+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1"
	      "Q+CSQIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz4"
	      "0Cw+5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9"
	      "nBFl5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e zeros", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAAEAAEAAQAAAQEAx5aiXWn5dOD2FTkjZIcJT+DFsT"
	      "Ysedk1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/"
	      "+RBpQ+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1"
	      "Q+CSQIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz4"
	      "0Cw+5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9"
	      "nBFl5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e negative", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAABgQAAAQEAx5aiXWn5dOD2FTkjZIcJT+DFsTYsed"
	      "k1J6aqRee7s7qtYKeI7Nh2xvZAM55zUFTfkylo8UdIrA6JXMRhYcRxKX+Ag2F/+RBp"
	      "Q+XyCUcz+mf0YjoruDjyhlYndF6zdL/q+A54bWiH19sQhVmzR5YQoFP1KDgMt1Q+CS"
	      "QIAKsiQ9+ti5piy8rZ8H3B2ikmEJOcMT2d3VVrjFQp+aowUD84EZlCquWaDpz40Cw+"
	      "5WCdIx7W+l0ZT3pYiioMfKkx8lLAnMuTescU/2hf/5OtOOX9d+GsxrHN/b6r/9nBFl"
	      "5fZWIcARKKOLuEzh/7Re1OBb5rDLbLYcS1i5ADHnHlu5m3Nw==")},
    {"e zero", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAAAAAABAQDHlqJdafl04PYVOSNkhwlP4MWxNix52T"
	      "UnpqpF57uzuq1gp4js2HbG9kAznnNQVN+TKWjxR0isDolcxGFhxHEpf4CDYX/5EGlD"
	      "5fIJRzP6Z/RiOiu4OPKGVid0XrN0v+r4DnhtaIfX2xCFWbNHlhCgU/UoOAy3VD4JJA"
	      "gAqyJD362LmmLLytnwfcHaKSYQk5wxPZ3dVWuMVCn5qjBQPzgRmUKq5ZoOnPjQLD7l"
	      "YJ0jHtb6XRlPeliKKgx8qTHyUsCcy5N6xxT/aF//k6045f134azGsc39vqv/2cEWXl"
	      "9lYhwBEoo4u4TOH/tF7U4FvmsMtsthxLWLkAMeceW7mbc3")},
    {"n zero", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAA==")},
    {"n zero byte", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQA=")},
    {"trailing", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDHlqJdafl04PYVOSNkhwlP4MWxNi"
	      "x52TUnpqpF57uzuq1gp4js2HbG9kAznnNQVN+TKWjxR0isDolcxGFhxHEpf4CDYX/5"
	      "EGlD5fIJRzP6Z/RiOiu4OPKGVid0XrN0v+r4DnhtaIfX2xCFWbNHlhCgU/UoOAy3VD"
	      "4JJAgAqyJD362LmmLLytnwfcHaKSYQk5wxPZ3dVWuMVCn5qjBQPzgRmUKq5ZoOnPjQ"
	      "LD7lYJ0jHtb6XRlPeliKKgx8qTHyUsCcy5N6xxT/aF//k6045f134azGsc39vqv/2c"
	      "EWXl9lYhwBEoo4u4TOH/tF7U4FvmsMtsthxLWLkAMeceW7mbc3AA==")},
    {"short", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDHlqJdafl04PYVOSNkhwlP4MWxNi"
	      "x52TUnpqpF57uzuq1gp4js2HbG9kAznnNQVN+TKWjxR0isDolcxGFhxHEpf4CDYX/5"
	      "EGlD5fIJRzP6Z/RiOiu4OPKGVid0XrN0v+r4DnhtaIfX2xCFWbNHlhCgU/UoOAy3VD"
	      "4JJAgAqyJD362LmmLLytnwfcHaKSYQk5wxPZ3dVWuMVCn5qjBQPzgRmUKq5ZoOnPjQ"
	      "LD7lYJ0jHtb6XRlPeliKKgx8qTHyUsCcy5N6xxT/aF//k6045f134azGsc39vqv/2c"
	      "EWXl9lYhwBEoo4u4TOH/tF7U4FvmsMtsthxLWLkAMeceW7mbc=")},
    {"no n", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB")},
    {"huge length", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB/////8eWol1p+XTg9hU5I2SHCU/gxbE2LH"
	      "nZNSemqkXnu7O6rWCniOzYdsb2QDOec1BU35MpaPFHSKwOiVzEYWHEcSl/gINhf/kQ"
	      "aUPl8glHM/pn9GI6K7g48oZWJ3Res3S/6vgOeG1oh9fbEIVZs0eWEKBT9Sg4DLdUPg"
	      "kkCACrIkPfrYuaYsvK2fB9wdopJhCTnDE9nd1Va4xUKfmqMFA/OBGZQqrlmg6c+NAs"
	      "PuVgnSMe1vpdGU96WIoqDHypMfJSwJzLk3rHFP9oX/+TrTjl/XfhrMaxzf2+q//ZwR"
	      "ZeX2ViHAESiji7hM4f+0XtTgW+awy2y2HEtYuQAx5x5buZtzc=")},
    {"other type", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAB3NzaC1kc3MAAAADAQABAAABAQDHlqJdafl04PYVOSNkhwlP4MWxNi"
	      "x52TUnpqpF57uzuq1gp4js2HbG9kAznnNQVN+TKWjxR0isDolcxGFhxHEpf4CDYX/5"
	      "EGlD5fIJRzP6Z/RiOiu4OPKGVid0XrN0v+r4DnhtaIfX2xCFWbNHlhCgU/UoOAy3VD"
	      "4JJAgAqyJD362LmmLLytnwfcHaKSYQk5wxPZ3dVWuMVCn5qjBQPzgRmUKq5ZoOnPjQ"
	      "LD7lYJ0jHtb6XRlPeliKKgx8qTHyUsCcy5N6xxT/aF//k6045f134azGsc39vqv/2c"
	      "EWXl9lYhwBEoo4u4TOH/tF7U4FvmsMtsthxLWLkAMeceW7mbc3")},
    {"lies", SSHKEY_BLOB,
     STR_INIT("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIHRp3aR90C1bHFxRHv9QBSP9xRCq8o6c6v"
	      "JpNZ7CRMNI")},
    {"ed31", SSHKEY_BLOB,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAH3Rp3aR90C1bHFxRHv9QBSP9xRCq8o"
	      "6c6vJpNZ7CRMM=")},
    {"ed33", SSHKEY_BLOB,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIXRp3aR90C1bHFxRHv9QBSP9xRCq8o"
	      "6c6vJpNZ7CRMNIAA==")},
    {"ed trailing", SSHKEY_BLOB,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHRp3aR90C1bHFxRHv9QBSP9xRCq8o"
	      "6c6vJpNZ7CRMNIAA==")},
    {"ed order1", SSHKEY_BLOB,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	      "AAAAAAAAAAAAAA")},
    {"ed order4", SSHKEY_BLOB,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	      "AAAAAAAAAAAAAA")},
    {"ed order8", SSHKEY_BLOB,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICbolY/CsiewRcP0ifLvmPDV36wF08"
	      "YzObE4AohtU/wF")},
    {"ed off", SSHKEY_BLOB,
     STR_INIT("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	      "AAAAAAAAAAAAAA")},
    {"ec off", SSHKEY_BLOB,
     STR_INIT("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"
	      "YAAABBBBcInWMtvlBCKD19i9x0zVpZ12c9O+Ri0/Y1C9/0QKylRDzeE1uOXZ6oe9DW"
	      "TnJUKBMEUBnOCqe+6gefGgLvUio=")},
    {"ec infinity", SSHKEY_BLOB,
     STR_INIT("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"
	      "YAAAABAA==")},
    {"ec compressed", SSHKEY_BLOB,
     STR_INIT("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"
	      "YAAAAhAxcInWMtvlBCKD19i9x0zVpZ12c9O+Ri0/Y1C9/0QKyl")},
    {"ec curve", SSHKEY_BLOB,
     STR_INIT("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAzOD"
	      "QAAABBBBcInWMtvlBCKD19i9x0zVpZ12c9O+Ri0/Y1C9/0QKylRDzeE1uOXZ6oe9DW"
	      "TnJUKBMEUBnOCqe+6gefGgLvUis=")},
    {"ec name", SSHKEY_BLOB,
     STR_INIT("ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAyNT"
	      "YAAABBBBcInWMtvlBCKD19i9x0zVpZ12c9O+Ri0/Y1C9/0QKylRDzeE1uOXZ6oe9DW"
	      "TnJUKBMEUBnOCqe+6gefGgLvUis=")},
    {"ec zeros", SSHKEY_BLOB,
     STR_INIT("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"
	      "YAAABBBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	      "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")},
    {"ec trailing", SSHKEY_BLOB,
     STR_INIT("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNT"
	      "YAAABBBBcInWMtvlBCKD19i9x0zVpZ12c9O+Ri0/Y1C9/0QKylRDzeE1uOXZ6oe9DW"
	      "TnJUKBMEUBnOCqe+6gefGgLvUisA")},
    {"sk none", SSHKEY_BLOB,
     STR_INIT("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29"
	      "tAAAAIHRp3aR90C1bHFxRHv9QBSP9xRCq8o6c6vJpNZ7CRMNI")},
    {"sk empty", SSHKEY_BLOB,
     STR_INIT("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29"
	      "tAAAAIHRp3aR90C1bHFxRHv9QBSP9xRCq8o6c6vJpNZ7CRMNIAAAAAA==")},
    {"sk control", SSHKEY_BLOB,
     STR_INIT("sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29"
	      "tAAAAIHRp3aR90C1bHFxRHv9QBSP9xRCq8o6c6vJpNZ7CRMNIAAAABXNzaDoK")},
    {"dsa", SSHKEY_TYPE,
     STR_INIT("ssh-dss AAAAB3NzaC1kc3MAAABBAPSpictO/bAgR+EIZArvpZRUjF2kgj9ouu6p3j"
	      "u4Ymo7XwoGGaSZmxlOO0j7lCZm/OfTrDgJZgjAuRSBFVEf6z8AAAAVAPWZwdzMRTgo"
	      "GGHPrhu7JyzJSKUbAAAAAQUAAAABBw==")},
    {"cert", SSHKEY_CERTIFICATE,
     STR_INIT("ssh-ed25519-cert-v01@openssh.com AAAAIHNzaC1lZDI1NTE5LWNlcnQtdjAxQ"
	      "G9wZW5zc2guY29tAAAAIJKl000KanXe6BHftq8+3xo/IyMqYN8/GA2hGQiUbqviAAA"
	      "AIHRp3aR90C1bHFxRHv9QBSP9xRCq8o6c6vJpNZ7CRMNIAAAAAAAAAAAAAAABAAAAA"
	      "XgAAAAHAAAAA2dpdAAAAAAAAAAA//////////8AAAAAAAAAggAAABVwZXJtaXQtWDE"
	      "xLWZvcndhcmRpbmcAAAAAAAAAF3Blcm1pdC1hZ2VudC1mb3J3YXJkaW5nAAAAAAAAA"
	      "BZwZXJtaXQtcG9ydC1mb3J3YXJkaW5nAAAAAAAAAApwZXJtaXQtcHR5AAAAAAAAAA5"
	      "wZXJtaXQtdXNlci1yYwAAAAAAAAAAAAAAMwAAAAtzc2gtZWQyNTUxOQAAACDUYxyP/"
	      "P4qdOGcvHbRl94B0W4YLvTbwdHIg3UBLD6ZigAAAFMAAAALc3NoLWVkMjU1MTkAAAB"
	      "A8lRWxLHRY067T26NPkWFlViL2apCzpu6sG40YU2SNNqp+nRYeH/of4poCniSDLWvF"
	      "b7JnyygEgE2ruRGcHLaCA== deploy@web-1")},
    {"RFC 4716", SSHKEY_FORMAT,
     STR_INIT("---- BEGIN SSH2 PUBLIC KEY ----\n"
	      "Comment: \"2048-bit RSA, converted by root@vm from OpenSSH\"\n"
	      "AAAAB3NzaC1yc2EAAAADAQABAAABAQDoGO9aBy+ZzbAzr/xCBKyn7nUSEALq1Lgf6+"
	      "CYIt\n"
	      "cRNqJN6e5Pnma5pfTJ9VuH0vqHIku/SmXariWopPQh5iAjbHx6SScUxp+9ZKQJ6JWI"
	      "9cZ9\n"
	      "wZdZqjLTKUeBNwyNMYaaKj8jYd/C82S9C556ICtBZGQ6XuWhqY99APl9R6/fz5cvFx"
	      "Zf2A\n"
	      "o9Cp2LHtYw7C8otF/0jNtWx0fcKQQ0QIR73AXCLFJE9OD9UmeRVAt6F7udXAN1hhlp"
	      "Gg2C\n"
	      "M7+fr1fvdS4YouUOt964PEgXjqAEAwFIdIFR5UAslTTtS7/W0Ud9GtJ405v4Ut5bxi"
	      "LWWr\n"
	      "IjHU7TZXGYua8c9fXpxSeb\n"
	      "---- END SSH2 PUBLIC KEY ----\n")},
    {"PKCS8", SSHKEY_FORMAT,
     STR_INIT("-----BEGIN PUBLIC KEY-----\n"
	      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA6BjvWgcvmc2wM6/8QgSs\n"
	      "p+51EhAC6tS4H+vgmCLXETaiTenuT55muaX0yfVbh9L6hyJLv0pl2q4lqKT0IeYg\n"
	      "I2x8ekknFMafvWSkCeiViPXGfcGXWaoy0ylHgTcMjTGGmio/I2HfwvNkvQueeiAr\n"
	      "QWRkOl7loamPfQD5fUev38+XLxcWX9gKPQqdix7WMOwvKLRf9IzbVsdH3CkENECE\n"
	      "e9wFwixSRPTg/VJnkVQLehe7nVwDdYYZaRoNgjO/n69X73UuGKLlDrfeuDxIF46g\n"
	      "BAMBSHSBUeVALJU07Uu/1tFHfRrSeNOb+FLeW8Yi1lqyIx1O02VxmLmvHPX16cUn\n"
	      "mwIDAQAB\n"
	      "-----END PUBLIC KEY-----\n")},
    {"PEM", SSHKEY_FORMAT,
     STR_INIT("-----BEGIN RSA PUBLIC KEY-----\n"
	      "MIIBCgKCAQEA6BjvWgcvmc2wM6/8QgSsp+51EhAC6tS4H+vgmCLXETaiTenuT55m\n"
	      "uaX0yfVbh9L6hyJLv0pl2q4lqKT0IeYgI2x8ekknFMafvWSkCeiViPXGfcGXWaoy\n"
	      "0ylHgTcMjTGGmio/I2HfwvNkvQueeiArQWRkOl7loamPfQD5fUev38+XLxcWX9gK\n"
	      "PQqdix7WMOwvKLRf9IzbVsdH3CkENECEe9wFwixSRPTg/VJnkVQLehe7nVwDdYYZ\n"
	      "aRoNgjO/n69X73UuGKLlDrfeuDxIF46gBAMBSHSBUeVALJU07Uu/1tFHfRrSeNOb\n"
	      "+FLeW8Yi1lqyIx1O02VxmLmvHPX16cUnmwIDAQAB\n"
	      "-----END RSA PUBLIC KEY-----\n")},
};
/* clang-format on */

#endif
