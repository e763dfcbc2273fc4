"""Names of levels, kinds of organisation and roles."""

from __future__ import annotations

from django.db.models import TextChoices


class Level(TextChoices):
    """Administrative level of an organisation."""

    NATION = "nation", "国家"
    PROVINCE = "province", "省级"
    CITY = "city", "市级"
    COUNTY = "county", "县级"
    TOWNSHIP = "township", "乡镇"
    SITE = "site", "企业/点位"


class Kind(TextChoices):
    """What an organisation is."""

    REGION = "region", "地区（党委政府）"
    OFFICE = "office", "整改办"
    DEPARTMENT = "department", "部门"
    INSTITUTION = "institution", "事业单位"
    ENTERPRISE = "enterprise", "企业"
    DISCIPLINE = "discipline", "纪检监察"
    SUPERVISION = "supervision", "督查机构"


class Role(TextChoices):
    """What a person does. One account, one post; a second post is a second account or a deputising."""

    OFFICE_CLERK = "office_clerk", "整改办经办"
    OFFICE_REVIEWER = "office_reviewer", "整改办审核"
    OFFICE_MANAGER = "office_manager", "整改办管理"
    UNIT_CLERK = "unit_clerk", "单位填报"
    UNIT_REVIEWER = "unit_reviewer", "单位审核"
    VERIFIER = "verifier", "督导验收"
    LEADER = "leader", "领导"
    SUPERVISOR = "supervisor", "督查"
    DISCIPLINE = "discipline", "纪检"
    PUBLIC = "public", "公众（只读）"
    SYSTEM_ADMIN = "system_admin", "系统管理员"
    SECURITY_ADMIN = "security_admin", "安全管理员"
    AUDIT_ADMIN = "audit_admin", "审计管理员"
    SERVICE = "service", "系统账户"


OFFICE_ROLES = frozenset({Role.OFFICE_CLERK, Role.OFFICE_REVIEWER, Role.OFFICE_MANAGER})
UNIT_ROLES = frozenset({Role.UNIT_CLERK, Role.UNIT_REVIEWER})
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
SUBTREE_ROLES = OFFICE_ROLES | {Role.SUPERVISOR, Role.DISCIPLINE, Role.SERVICE}
